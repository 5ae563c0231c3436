import assert from "node:assert/strict"
import { test } from "node:test"
import { Simulator } from "@sounder/simulator"
import { Bot, Updater } from "sounder"
import { register } from "./handlers.ts"

test("a person is introduced, with a photo", async () => {
  await using telegram = await Simulator.start()
  const account = telegram.bot({ username: "introduction_bot" })
  await using bot = new Bot(account.token, { apiRoot: telegram.apiRoot })
  await using updater = new Updater({ bot })
  register(updater.dispatcher)
  await updater.startPolling()
  const ada = telegram.user({ first_name: "Ada" })

  await ada.send(account, "/start")
  assert.match((await ada.hears()).text ?? "", /How should I speak of you/)
  await ada.tap("she")
  assert.match((await ada.hears()).text ?? "", /Send me a photo/)
  await ada.send(account, "Later")
  assert.match((await ada.hears()).text ?? "", /Please answer/)
  await ada.send(account, { photo: new Uint8Array([1]) })
  assert.match((await ada.hears()).text ?? "", /Tell me about yourself/)
  await ada.send(account, "I write programs for engines.")
  const end = await ada.hears()
  assert.ok(end.photo)
  assert.match(end.caption ?? "", /she says “I write programs for engines\.”/)
})

test("photo and words can be skipped, and the dialog can be cancelled", async () => {
  await using telegram = await Simulator.start()
  const account = telegram.bot({ username: "introduction_bot" })
  await using bot = new Bot(account.token, { apiRoot: telegram.apiRoot })
  await using updater = new Updater({ bot })
  register(updater.dispatcher)
  await updater.startPolling()
  const ada = telegram.user({ first_name: "Ada" })

  for (const text of ["/start", "they", "/skip", "/skip"]) {
    await ada.send(account, text)
    await ada.hears()
  }
  await ada.send(account, "/start")
  await ada.hears()
  await ada.send(account, "/cancel")
  assert.match((await ada.hears()).text ?? "", /^Bye!/)
  await ada.send(account, "he")
  assert.equal((await ada.hears()).text, "/start begins.")
})
