import assert from "node:assert/strict"
import { test } from "node:test"
import { Simulator } from "@sounder/simulator"
import { Bot, Updater } from "sounder"
import { register } from "./handlers.ts"

test("a reminder comes at its time, and can be put off", async (t) => {
  await using telegram = await Simulator.start()
  const account = telegram.bot({ username: "remind_bot" })
  await using bot = new Bot(account.token, { apiRoot: telegram.apiRoot })
  await using updater = new Updater({ bot })
  register(updater.dispatcher)
  await updater.startPolling()
  const ada = telegram.user({ first_name: "Ada" })

  await ada.send(account, "/in tea")
  assert.equal((await ada.hears()).text, "Write it so: /in 20m tea")
  await ada.send(account, "/in 20m Take the tea out")
  assert.equal((await ada.hears()).text, "I will remind you in 20m: Take the tea out")
  await ada.send(account, "/list")
  assert.match((await ada.hears()).text ?? "", /Take the tea out \/cancel_1$/)

  const { now } = Date
  t.mock.method(Date, "now", () => now() + 20 * 60_000)
  const reminder = await ada.hears({ timeoutMs: 90_000 })
  assert.equal(reminder.text, "Remember: Take the tea out")
  await ada.press(reminder, "In ten minutes")
  assert.equal((await ada.seesEdit()).text, "Again in ten minutes: Take the tea out")
  await ada.send(account, "/list")
  assert.match((await ada.hears()).text ?? "", /Take the tea out \/cancel_2$/)
})

test("a reminder is cancelled", async () => {
  await using telegram = await Simulator.start()
  const account = telegram.bot({ username: "remind_bot" })
  await using bot = new Bot(account.token, { apiRoot: telegram.apiRoot })
  await using updater = new Updater({ bot })
  register(updater.dispatcher)
  await updater.startPolling()
  const ada = telegram.user({ first_name: "Ada" })

  await ada.send(account, "/in 2d Water the flowers")
  await ada.hears()
  await ada.send(account, "/cancel_1")
  assert.equal((await ada.hears()).text, "Cancelled.")
  await ada.send(account, "/list")
  assert.equal((await ada.hears()).text, "Nothing to come.")
})
