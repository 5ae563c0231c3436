import { expect, test } from "vitest"
import { call } from "../conformance-stage.js"
import { violations } from "./browser.js"
import { begin, expectText, openerInChromium } from "./browser-stage.js"

const open = openerInChromium()

test("a call that a fault hits is a row with the fault as its reason", async () => {
  await using stage = await open({ answers: false })
  const { page, telegram, bot } = stage
  await page.getByRole("tab", { name: "Calls" }).click()
  const faults = [{ status: 500 }, { retryAfter: 7 }, { html: 502 }, "refuse", "cut"] as const
  for (const fault of faults) {
    telegram.fault("getMe", fault)
    await call(telegram, bot.token, "getMe").catch(() => {})
  }
  const rows = page.getByRole("list", { name: /^Calls/ })
  const words = [
    "Fault: answered with 500. Internal Server Error",
    "Fault: asked to wait 7 s",
    "Fault: answered by a server in front of Telegram with 502",
    "Fault: connection closed before the call was read",
    "Fault: cut in the middle of the answer, after the call was carried out",
  ]
  for (const reason of words) await expect.poll(() => rows.innerText()).toContain(reason)
  await page.getByText("no answer").first().waitFor()
  expect(await violations(page)).toEqual([])
}, 60_000)

test("a chat says how to start a program where none receives, until one polls", async () => {
  await using stage = await open({ answers: false })
  const { page, telegram, bot } = stage
  await page.getByRole("button", { name: /Demo.*press to begin/ }).click()
  const hint = page.getByRole("region", { name: "No program receives" })
  await hint.waitFor()
  expect(await hint.innerText()).toContain(
    `TELEGRAM_API_ROOT=${telegram.apiRoot} BOT_TOKEN=${bot.token} node bot.js`,
  )
  expect(await violations(page)).toEqual([])
  await call(telegram, bot.token, "getUpdates")
  await expect.poll(() => hint.count()).toBe(0)
  // A program that handles what it has got makes no call meanwhile.
  expect(await page.getByText("polling").count()).toBe(1)
}, 60_000)

test("a bot cannot write to a person whose chat with it is open and not begun", async () => {
  await using stage = await open({ answers: false })
  const { page, telegram, bot, ada } = stage
  await page.getByRole("button", { name: /Demo.*press to begin/ }).click()
  await page.getByRole("button", { name: "Start" }).waitFor()
  const hello = { chat_id: ada.id, text: "Hello" }
  expect(await call(telegram, bot.token, "sendMessage", hello)).toMatchObject({
    description: "Bad Request: chat not found",
  })
  await page.getByRole("button", { name: "Start" }).click()
  await expectText(page, "/start")
  expect(await call(telegram, bot.token, "sendMessage", hello)).toMatchObject({ ok: true })
  await expectText(page, "Hello")
}, 60_000)

test("what privacy mode keeps from a bot is a row that says so", async () => {
  await using stage = await open({ answers: false })
  const { page, telegram, bot, ada } = stage
  const group = telegram.group({ title: "Crew" }, ada, bot)
  await ada.send(group, "Good morning")
  await ada.send(group, "/count")
  await page.getByRole("button", { name: /Crew/ }).click()
  const rows = page.getByRole("list", { name: /^Updates/ })
  await expect.poll(() => rows.innerText()).toMatch(/Good morning[^/]*not sent: privacy mode/)
  expect(await page.getByText("not sent: privacy mode").count()).toBe(1)
  expect(await violations(page)).toEqual([])
}, 60_000)

test("a button is busy until its press is answered, and the wire says that it is not", async () => {
  await using stage = await open({ answers: false })
  const { page, telegram, bot, ada } = stage
  await ada.send(bot, "/start")
  const reply_markup = { inline_keyboard: [[{ text: "Press", callback_data: "p" }]] }
  await call(telegram, bot.token, "sendMessage", { chat_id: ada.id, text: "Menu", reply_markup })
  await page.getByRole("button", { name: /Demo/ }).click()
  const button = page.getByRole("button", { name: "Press" })
  await button.focus()
  await page.keyboard.press("Enter")
  const busy = page.locator('.keyboard-row [aria-busy="true"]')
  await busy.first().waitFor()
  const { result } = await call(telegram, bot.token, "getUpdates")
  await page.getByText("not answered yet").waitFor({ timeout: 15_000 })
  expect(await violations(page)).toEqual([])
  const [, press] = result as [unknown, { callback_query: { id: string } }]
  const callback_query_id = press.callback_query.id
  await call(telegram, bot.token, "answerCallbackQuery", { callback_query_id })
  await expect.poll(() => busy.count()).toBe(0)
  await expect.poll(() => page.getByText("not answered yet").count()).toBe(0)
}, 60_000)

test("a press that is answered at once leaves no busy button", async () => {
  await using stage = await open()
  const { page } = stage
  await begin(page)
  await page.getByRole("button", { name: "Count" }).click()
  await expectText(page, "Counted 1")
  await expect.poll(() => page.locator('[aria-busy="true"]').count()).toBe(0)
  expect(stage.complaints).toEqual([])
}, 60_000)
