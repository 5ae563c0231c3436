import assert from "node:assert/strict"
import { test } from "node:test"
import { Simulator } from "@sounder/simulator"
import { Bot, Updater } from "sounder"
import { register } from "./handlers.ts"

test("the bot greets new members, and knows its groups", async () => {
  await using telegram = await Simulator.start()
  const account = telegram.bot({ username: "greeter_bot" })
  await using bot = new Bot(account.token, { apiRoot: telegram.apiRoot })
  await using updater = new Updater({ bot })
  register(updater.dispatcher)
  await updater.startPolling()
  const ada = telegram.user({ first_name: "Ada" })

  const bob = telegram.user({ first_name: "Bob" })
  const eve = telegram.user({ first_name: "Eve" })
  // From the first poll on, Telegram sends changes of members.
  await ada.send(account, "/chats")
  assert.equal((await ada.hears()).text, "I am in no group.")

  const club = telegram.supergroup({ title: "Club" }, ada)
  await ada.add(club, account)
  await ada.promote(club, account)
  await bob.join(club)
  assert.equal((await bob.hears()).text, "Welcome, Bob!")
  await ada.add(club, eve)
  assert.equal((await eve.hears()).text, "Ada has added Eve. Welcome!")
  await ada.ban(club, eve)
  assert.equal((await bob.hears({ timeoutMs: 5000 })).text, "Ada has added Eve. Welcome!")
  assert.equal((await bob.hears()).text, "Eve is no longer with us.")

  await bob.send(account, "/chats")
  assert.equal((await bob.hears()).text, "I am in: Club")
})
