import assert from "node:assert/strict"
import { test } from "node:test"
import { Simulator } from "@sounder/simulator"
import { Bot, Updater } from "sounder"
import { register } from "./handlers.ts"

test("a text is sent in capitals or in bold, in another chat", async () => {
  await using telegram = await Simulator.start()
  const account = telegram.bot({ username: "caps_bot", supports_inline_queries: true })
  await using bot = new Bot(account.token, { apiRoot: telegram.apiRoot })
  await using updater = new Updater({ bot })
  register(updater.dispatcher)
  await updater.startPolling()
  const ada = telegram.user({ first_name: "Ada" })
  const club = telegram.supergroup({ title: "Club" }, ada)

  const { answered } = await ada.type("@caps_bot hello")
  const shouted = await ada.choose(await answered, "caps", club)
  assert.equal(shouted.text, "HELLO")
  assert.equal(shouted.via_bot?.username, "caps_bot")

  const { text, entities } = await ada.choose(await answered, "bold", club)
  assert.equal(text, "hello")
  assert.deepEqual(entities, [{ type: "bold", offset: 0, length: 5 }])
})
