import assert from "node:assert/strict"
import { test } from "node:test"
import { Simulator } from "@sounder/simulator"
import { Bot, Updater } from "sounder"
import { register } from "./handlers.ts"

test("a button has as much data as it needs", async () => {
  await using telegram = await Simulator.start()
  const account = telegram.bot({ username: "numbers_bot" })
  await using bot = new Bot(account.token, { apiRoot: telegram.apiRoot })
  await using updater = new Updater({ bot })
  register(updater.dispatcher)
  await updater.startPolling()
  const ada = telegram.user({ first_name: "Ada" })

  await ada.send(account, "/start")
  let message = await ada.hears()
  const last = Array.from({ length: 20 }, (_, index) => `${index + 1}`)
  for (const number of last) {
    await ada.press(message, number)
    message = await ada.seesEdit()
  }
  assert.equal(message.text, `Chosen: ${last.join(", ")}`)
  await ada.press(message, "✓ 7")
  assert.doesNotMatch((await ada.seesEdit()).text ?? "", /\b7\b/)
})

test("a button with other data is refused with a text", async () => {
  await using telegram = await Simulator.start()
  const account = telegram.bot({ username: "numbers_bot" })
  await using bot = new Bot(account.token, { apiRoot: telegram.apiRoot })
  await using updater = new Updater({ bot })
  register(updater.dispatcher)
  await updater.startPolling()
  const ada = telegram.user({ first_name: "Ada" })

  const message = await bot.sendMessage({
    chat_id: (await ada.send(account, "/start")).chat.id,
    text: "From last year",
    reply_markup: { inline_keyboard: [[{ text: "Old", callback_data: "toggle2:x" }]] },
  })
  const { answered } = await ada.press(message, "Old")
  assert.equal((await answered).text, "This button is too old: /start again.")
})
