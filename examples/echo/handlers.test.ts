import assert from "node:assert/strict"
import { test } from "node:test"
import { Simulator } from "@sounder/simulator"
import { Bot, Updater } from "sounder"
import { register } from "./handlers.ts"

test("the bot greets by name, and repeats texts and stickers", async () => {
  await using telegram = await Simulator.start()
  const account = telegram.bot({ username: "echo_bot" })
  await using bot = new Bot(account.token, { apiRoot: telegram.apiRoot })
  await using updater = new Updater({ bot })
  register(updater.dispatcher)
  await updater.startPolling()
  const ada = telegram.user({ first_name: "Ada" })

  await ada.send(account, "/start")
  assert.equal((await ada.hears()).text, "Hello, Ada!")
  await ada.send(account, "Good morning")
  assert.equal((await ada.hears()).text, "Good morning")
  await ada.send(account, { photo: new Uint8Array([1]), caption: "Look!" })
  const copy = await ada.hears()
  assert.equal(copy.caption, "Look!")
  assert.ok(copy.photo)
})
