import type { Update } from "@grammyjs/types"
import { expect, test } from "vitest"
import { call } from "../conformance-stage.js"
import { violations } from "./browser.js"
import { openerInChromium } from "./browser-stage.js"

const open = openerInChromium()

test("keys that request content ask for it in a dialog", async () => {
  await using stage = await open({ answers: false })
  const { page, telegram, bot, ada } = stage
  telegram.user({ first_name: "Bob" })
  telegram.supergroup({ title: "Club" }, ada, bot)
  await ada.send(bot, "/start")
  const keyboard = [
    [{ text: "Friend", request_users: { request_id: 1, user_is_bot: false } }],
    [{ text: "Share a place", request_chat: { request_id: 2, chat_is_channel: false } }],
    [{ text: "Ask", request_poll: { type: "quiz" } }],
  ]
  const shown = { chat_id: ada.id, text: "Keys", reply_markup: { keyboard } }
  await call(telegram, bot.token, "sendMessage", shown)
  const last = async () => {
    const { result } = await call(telegram, bot.token, "getUpdates", { offset: -1 })
    return (result as Update[])[0]?.message
  }
  await page.getByRole("button", { name: /Demo/ }).click()
  await page.getByRole("button", { name: "Friend" }).click()
  const dialog = page.getByRole("dialog")
  await dialog.getByRole("radio", { name: "Bob" }).click()
  expect(await violations(page)).toEqual([])
  await dialog.getByRole("button", { name: "Send" }).click()
  await expect.poll(async () => (await last())?.users_shared?.users.length).toBe(1)
  await page.getByRole("button", { name: "Share a place" }).click()
  await dialog.getByRole("button", { name: "Club" }).click()
  await expect.poll(async () => (await last())?.chat_shared?.request_id).toBe(2)
  await page.getByRole("button", { name: "Ask" }).click()
  await dialog.getByRole("textbox", { name: "Question" }).fill("2 + 2?")
  await dialog.getByRole("textbox", { name: /the correct one first/ }).fill("4\n5")
  await dialog.getByRole("button", { name: "Send" }).click()
  await expect.poll(async () => (await last())?.poll?.type).toBe("quiz")
  expect(stage.complaints).toEqual([])
}, 120_000)

test("buttons for inline mode begin a query in this chat, or in a chosen one", async () => {
  await using stage = await open({ answers: false })
  const { page, telegram, bot, ada } = stage
  telegram.supergroup({ title: "Club" }, ada, bot)
  await ada.send(bot, "/start")
  const inline_keyboard = [
    [{ text: "Tea now", switch_inline_query_current_chat: "tea" }],
    [{ text: "Another chat", switch_inline_query: "milk" }],
  ]
  const shown = { chat_id: ada.id, text: "Inline", reply_markup: { inline_keyboard } }
  await call(telegram, bot.token, "sendMessage", shown)
  await page.getByRole("button", { name: /Demo/ }).click()
  const field = page.getByRole("textbox", { name: "Message" })
  await page.getByRole("button", { name: "Tea now" }).click()
  await expect.poll(() => field.inputValue()).toBe("@demo_bot tea")
  await page.getByRole("button", { name: "Another chat" }).click()
  await page.getByRole("dialog").getByRole("button", { name: "Club" }).click()
  await expect.poll(() => field.inputValue()).toBe("@demo_bot milk")
  expect(stage.complaints).toEqual([])
}, 120_000)
