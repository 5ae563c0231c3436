import assert from "node:assert/strict"
import { test } from "node:test"
import { Simulator } from "@sounder/simulator"
import { Bot, Updater } from "sounder"
import { register } from "./handlers.ts"

test("a poll closes after two answers", async () => {
  await using telegram = await Simulator.start()
  const account = telegram.bot({ username: "poll_bot" })
  await using bot = new Bot(account.token, { apiRoot: telegram.apiRoot })
  await using updater = new Updater({ bot })
  register(updater.dispatcher)
  await updater.startPolling()
  const ada = telegram.user({ first_name: "Ada" })

  const bob = telegram.user({ first_name: "Bob" })
  const club = telegram.supergroup({ title: "Club" }, ada, bob, account)

  await ada.send(club, "/poll")
  const question = await ada.hears()
  assert.equal(question.poll?.question, "How are you?")
  await ada.vote(question, "Good")
  await bob.vote(question, "Good", "Fantastic")
  assert.equal(
    (await ada.hears()).text,
    "The poll is closed.\nGood: 2\nReally good: 0\nFantastic: 1",
  )
})

test("a quiz knows its answer", async () => {
  await using telegram = await Simulator.start()
  const account = telegram.bot({ username: "poll_bot" })
  await using bot = new Bot(account.token, { apiRoot: telegram.apiRoot })
  await using updater = new Updater({ bot })
  register(updater.dispatcher)
  await updater.startPolling()
  const ada = telegram.user({ first_name: "Ada" })

  await ada.send(account, "/quiz")
  const { poll } = await ada.hears()
  assert.equal(poll?.type, "quiz")
  assert.deepEqual(
    poll?.options.map(({ text }) => text),
    ["12", "20", "24"],
  )
})
