import assert from "node:assert/strict"
import { test } from "node:test"
import { Simulator } from "@sounder/simulator"
import { Bot, Updater } from "sounder"
import { register } from "./handlers.ts"

test("the developer gets a report, and the user an apology", async (t) => {
  await using telegram = await Simulator.start()
  const account = telegram.bot({ username: "careful_bot" })
  await using bot = new Bot(account.token, { apiRoot: telegram.apiRoot })
  await using updater = new Updater({ bot })
  const developer = telegram.user({ first_name: "Dev" })
  await developer.send(account, "/start")
  register(updater.dispatcher, developer.id)
  await updater.startPolling()
  await developer.hears()
  const ada = telegram.user({ first_name: "Ada" })

  await ada.send(account, "/start")
  await ada.hears()
  const logged = t.mock.method(console, "error", () => {})
  await ada.send(account, "/bad")
  assert.equal((await ada.hears()).text, "Sorry, that failed. The developer knows it now.")
  const report = (await developer.hears()).text ?? ""
  assert.match(report, /^A handler failed on update \d+: The handler of \/bad has failed\n/)
  assert.match(report, /"first_name": "Ada"/)
  assert.ok(logged.mock.callCount() > 0)
})
