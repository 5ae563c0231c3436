import assert from "node:assert/strict"
import { test } from "node:test"
import { Simulator } from "@sounder/simulator"
import { Bot, Updater } from "sounder"
import { register } from "./handlers.ts"

test("the alarm comes at its time, and survives wrong commands", async (t) => {
  await using telegram = await Simulator.start()
  const account = telegram.bot({ username: "timer_bot" })
  await using bot = new Bot(account.token, { apiRoot: telegram.apiRoot })
  await using updater = new Updater({ bot })
  register(updater.dispatcher)
  await updater.startPolling()
  const ada = telegram.user({ first_name: "Ada" })

  await ada.send(account, "/set soon")
  assert.match((await ada.hears()).text ?? "", /Write a number of seconds/)
  await ada.send(account, "/set 3600")
  assert.match((await ada.hears()).text ?? "", /in 3600 seconds/)

  const { now } = Date
  t.mock.method(Date, "now", () => now() + 3_600_000)
  assert.equal((await ada.hears({ timeoutMs: 90_000 })).text, "Beep! The time is up.")
})

test("a new alarm replaces the old one, and /unset cancels it", async () => {
  await using telegram = await Simulator.start()
  const account = telegram.bot({ username: "timer_bot" })
  await using bot = new Bot(account.token, { apiRoot: telegram.apiRoot })
  await using updater = new Updater({ bot })
  register(updater.dispatcher)
  await updater.startPolling()
  const ada = telegram.user({ first_name: "Ada" })

  for (const text of ["/set 3600", "/set 7200"]) {
    await ada.send(account, text)
    await ada.hears()
  }
  await ada.send(account, "/unset")
  assert.equal((await ada.hears()).text, "The alarm is cancelled.")
  await ada.send(account, "/unset")
  assert.equal((await ada.hears()).text, "There is no alarm.")
})
