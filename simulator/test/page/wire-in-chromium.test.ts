import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { expect, test } from "vitest"
import { finished } from "../../../test/support/built.js"
import { requireServer } from "../../../test/support/real-servers.js"
import { call } from "../conformance-stage.js"
import { violations } from "./browser.js"
import { begin, expectText, openerInChromium } from "./browser-stage.js"

const open = openerInChromium()

test("a call with a planned fault is a row with the fault as its reason", async () => {
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

test("a chat without a receiver says how to start a program, until a bot polls", async () => {
  await using stage = await open({ answers: false })
  const { page, telegram, bot } = stage
  await page.getByRole("button", { name: /Demo.*press to begin/ }).click()
  const hint = page.getByRole("region", { name: "No program is connected" })
  await hint.waitFor()
  expect(await hint.innerText()).toContain(
    `TELEGRAM_API_ROOT=${telegram.apiRoot} BOT_TOKEN=${bot.token} node bot.js`,
  )
  expect(await violations(page)).toEqual([])
  await call(telegram, bot.token, "getUpdates")
  await expect.poll(() => hint.count()).toBe(0)
  // A program that handles an update makes no call meanwhile.
  expect(await page.getByText("polling").count()).toBe(1)
}, 60_000)

test("a bot cannot write to a person who has opened the chat without starting it", async () => {
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

test("a message withheld from a bot by privacy mode is a row that says so", async () => {
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

test("a button is busy until its callback query is answered, and the wire shows a missing answer", async () => {
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

test("a callback query that is answered at once leaves no busy button", async () => {
  await using stage = await open()
  const { page } = stage
  await begin(page)
  await page.getByRole("button", { name: "Count" }).click()
  await expectText(page, "Counted 1")
  await expect.poll(() => page.locator('[aria-busy="true"]').count()).toBe(0)
  expect(stage.complaints).toEqual([])
}, 60_000)

test("planned faults are listed with the number of remaining calls, and removed one by one", async () => {
  await using stage = await open({ answers: false })
  const { page, telegram, bot } = stage
  await page.getByRole("tab", { name: "Faults" }).click()
  await page.getByText("No faults are planned.").waitFor()
  await page.getByLabel("Method (any if empty)").fill("getMe")
  await page.getByLabel("Times").fill("2")
  await page.getByRole("button", { name: "500 Internal Server Error" }).click()
  const list = page.getByRole("list", { name: "Planned faults" })
  await expect.poll(() => list.innerText().catch(() => "")).toMatch(/getme.*500[^]*2 calls/)
  // Faults are used in the order in which they were planned.
  telegram.fault("*", "silence", 3)
  await expect.poll(() => list.innerText()).toMatch(/any method[^]*3 calls/)
  expect(await violations(page)).toEqual([])
  expect(await call(telegram, bot.token, "getMe")).toMatchObject({ error_code: 500 })
  await expect.poll(() => list.innerText()).toContain("1 call")
  await page.getByRole("button", { name: "Remove the fault of any method" }).click()
  await expect.poll(() => list.innerText()).not.toContain("any method")
  expect(await call(telegram, bot.token, "getMyName")).toMatchObject({ ok: true })
  await page.reload()
  await page.getByRole("tab", { name: "Faults" }).click()
  await expect.poll(() => list.innerText().catch(() => "")).toContain("getme")
  await page.getByRole("button", { name: "Remove all" }).click()
  await page.getByText("No faults are planned.").waitFor()
  expect(await call(telegram, bot.token, "getMe")).toMatchObject({ ok: true })
  expect(stage.complaints).toEqual([])
}, 120_000)

test("an update that allowed_updates leaves out is a row that says so", async () => {
  await using stage = await open({ answers: false })
  const { page, telegram, bot, ada } = stage
  const allowed_updates = ["callback_query"]
  await call(telegram, bot.token, "getUpdates", { allowed_updates })
  await ada.send(bot, "Anybody there?")
  const rows = page.getByRole("list", { name: /^Updates/ })
  const label = "not sent: not in allowed_updates"
  await expect.poll(() => rows.innerText()).toMatch(new RegExp(`^message[^]*${label}$`))
  await rows.getByText("Anybody there?").first().click()
  await rows.getByText("named other types of update").waitFor()
  expect(await rows.getByRole("button", { name: "Deliver again" }).count()).toBe(0)
  expect(await violations(page)).toEqual([])
  await call(telegram, bot.token, "getUpdates", { allowed_updates: ["message"] })
  await ada.send(bot, "And now?")
  await rows.getByText("waiting").waitFor()
  expect(await rows.getByText(label).count()).toBe(1)
}, 120_000)

test("a call is copied as a curl command that makes it again, with the token as a variable", async (context) => {
  requireServer("curl", context)
  await using stage = await open({ answers: false })
  const { page, telegram, bot, ada } = stage
  await page.evaluate("navigator.clipboard.writeText = async (text) => { document.copied = text }")
  await ada.send(bot, "/start")
  const text = `It's "here":\n$HOME & 100 %`
  await call(telegram, bot.token, "sendMessage", { chat_id: ada.id, text })
  await ada.hears()
  await page.getByRole("tab", { name: "Calls" }).click()
  await page.getByText("sendMessage").click()
  await page.getByRole("button", { name: "Copy as curl" }).click()
  await page.getByText("reads the token from BOT_TOKEN").waitFor()
  expect(await violations(page)).toEqual([])
  const command = (await page.evaluate("document.copied")) as string
  expect(command).not.toContain(bot.token)
  expect(command).toContain(`curl "${telegram.apiRoot}/bot$BOT_TOKEN/sendMessage"`)
  const env = { ...process.env, BOT_TOKEN: bot.token }
  const { status, output } = await finished("sh", ["-c", command], ".", env)
  expect(status, output).toBe(0)
  expect((await ada.hears()).text).toBe(text)
}, 120_000)

test("a copied call with a file reads the file from the folder, and sends it under its parameter", async (context) => {
  requireServer("curl", context)
  await using stage = await open({ answers: false })
  const { page, telegram, bot, ada } = stage
  await page.evaluate("navigator.clipboard.writeText = async (text) => { document.copied = text }")
  await ada.send(bot, "/start")
  const form = new FormData()
  form.set("chat_id", String(ada.id))
  form.set("caption", "@me; it's a file")
  form.set("document", new Blob(["one, two"]), "a list.txt")
  await fetch(`${telegram.apiRoot}/bot${bot.token}/sendDocument`, { method: "POST", body: form })
  await ada.hears()
  await page.getByRole("tab", { name: "Calls" }).click()
  await page.getByText("sendDocument").click()
  await page.getByRole("button", { name: "Copy as curl" }).click()
  await page.getByText("reads the token from BOT_TOKEN").waitFor()
  const command = (await page.evaluate("document.copied")) as string
  const folder = await mkdtemp(join(tmpdir(), "sounder-curl-"))
  try {
    await writeFile(join(folder, "a list.txt"), "one, two, three")
    const env = { ...process.env, BOT_TOKEN: bot.token }
    const { status, output } = await finished("sh", ["-c", command], folder, env)
    expect(status, output).toBe(0)
    const { document, caption } = await ada.hears()
    expect(document).toMatchObject({ file_name: "a list.txt", file_size: 15 })
    expect(caption).toBe("@me; it's a file")
  } finally {
    await rm(folder, { recursive: true })
  }
}, 120_000)
