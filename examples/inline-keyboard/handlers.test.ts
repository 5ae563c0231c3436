import assert from "node:assert/strict"
import { test } from "node:test"
import { Simulator } from "@sounder/simulator"
import { Bot, Updater } from "sounder"
import { register } from "./handlers.ts"

test("a press of a button orders the dish, once", async () => {
  await using telegram = await Simulator.start()
  const account = telegram.bot({ username: "dishes_bot" })
  await using bot = new Bot(account.token, { apiRoot: telegram.apiRoot })
  await using updater = new Updater({ bot })
  register(updater.dispatcher)
  await updater.startPolling()
  const ada = telegram.user({ first_name: "Ada" })

  await ada.send(account, "/start")
  const question = await ada.hears()
  const { answered } = await ada.press(question, "Pasta")
  assert.equal((await answered).text, "Ordered!")
  const ordered = await ada.seesEdit()
  assert.equal(ordered.text, "Pasta is on its way.")
  assert.equal(ordered.reply_markup, undefined)
})
