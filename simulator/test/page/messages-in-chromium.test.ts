import { expect, test } from "vitest"
import { call } from "../conformance-stage.js"
import { violations, type Page } from "./browser.js"
import { expectText, openerInChromium, png } from "./browser-stage.js"

const open = openerInChromium()
type Stage = Awaited<ReturnType<typeof open>>

/** Returns the updates waiting for the bot, by type and payload. */
async function updatesOf({ telegram, bot }: Stage): Promise<Record<string, unknown>[]> {
  const { result } = await call(telegram, bot.token, "getUpdates", {})
  return result
}

/** Opens the menu of a message by a right click, and chooses an item. */
async function choose(page: Page, message: string, item: string): Promise<void> {
  await page.locator(`.message:has-text("${message}")`).last().click({ button: "right" })
  await page.getByRole("menuitem", { name: item }).click()
}

test("Arrow Up in the empty field edits the person's last message, and Escape cancels", async () => {
  await using stage = await open({ answers: false })
  const { page, ada, bot, telegram } = stage
  await ada.send(bot, "First")
  await ada.send(bot, "Secnod")
  await call(telegram, bot.token, "sendMessage", { chat_id: ada.id, text: "An answer" })
  await page.getByRole("button", { name: /Demo/ }).click()
  await expectText(page, "An answer")
  const field = page.getByRole("textbox", { name: "Message" })
  await field.focus()
  await page.keyboard.press("ArrowUp")
  await expect.poll(() => field.inputValue()).toBe("Secnod")
  expect(await violations(page)).toEqual([])
  await page.keyboard.press("Escape")
  await expect.poll(() => field.inputValue()).toBe("")
  await page.keyboard.press("ArrowUp")
  await field.fill("Second")
  await page.keyboard.press("Enter")
  await expectText(page, "Second")
  await expect.poll(() => field.inputValue()).toBe("")
  await page.keyboard.type("half a text")
  await page.keyboard.press("ArrowUp")
  expect(await field.inputValue()).toBe("half a text")
  const updates = await updatesOf(stage)
  expect(updates.at(-1)).toMatchObject({
    edited_message: { text: "Second", edit_date: expect.any(Number) },
  })
  expect(updates).toHaveLength(3)
  expect(stage.complaints).toEqual([])
}, 120_000)

test("the menu of a message replies, edits, copies, pins, unpins and deletes", async () => {
  await using stage = await open({ answers: false })
  const { page, ada, bot } = stage
  await ada.send(bot, "Hello")
  await page.getByRole("button", { name: /Demo/ }).click()
  await page.evaluate("navigator.clipboard.writeText = async (text) => { document.copied = text }")
  await choose(page, "Hello", "Reply")
  await page.keyboard.type("To myself")
  await page.keyboard.press("Enter")
  await expectText(page, "To myself")
  await choose(page, "To myself", "Copy text")
  await expect.poll(() => page.evaluate("document.copied")).toBe("To myself")
  await choose(page, "To myself", "Copy as JSON")
  const json = async () => JSON.parse(String(await page.evaluate("document.copied"))) as object
  await expect.poll(() => page.evaluate("document.copied")).not.toBe("To myself")
  expect(await json()).toMatchObject({ text: "To myself", reply_to_message: { text: "Hello" } })
  await choose(page, "To myself", "Pin")
  await page.getByRole("button", { name: /Pinned message/ }).waitFor()
  await choose(page, "To myself", "Unpin")
  await expect.poll(() => page.getByRole("button", { name: /Pinned message/ }).count()).toBe(0)
  await choose(page, "To myself", "Edit")
  await page.keyboard.press("Control+A")
  await page.keyboard.type("To the bot")
  await page.keyboard.press("Enter")
  await expectText(page, "To the bot")
  await choose(page, "To the bot", "Delete")
  await expect.poll(() => page.locator(".messages").innerText()).not.toContain("To the bot")
  const updates = await updatesOf(stage)
  expect(updates.at(-1)).toMatchObject({ edited_message: { text: "To the bot" } })
  await page.keyboard.press("Control+F")
  await page.keyboard.type("hello")
  await expectText(page, "1 of 1", ".search-bar")
  await page.locator(".bubble").first().click({ button: "right" })
  await page.getByRole("menu").waitFor()
  expect(await violations(page)).toEqual([])
  await page.keyboard.press("Escape")
  await expect.poll(() => page.getByRole("menu").count()).toBe(0)
  expect(stage.complaints).toEqual([])
}, 120_000)

test("a search finds older messages that are not loaded, and steps through them", async () => {
  await using stage = await open({ answers: false })
  const { page, ada, bot } = stage
  await ada.send(bot, "A needle at the beginning")
  for (let count = 0; count < 130; count++) await ada.send(bot, `hay ${count}`)
  await ada.send(bot, { document: Buffer.from("x"), file_name: "needle.txt" })
  await page.getByRole("button", { name: /Demo/ }).click()
  await expectText(page, "hay 129")
  expect(await page.locator(".messages").innerText()).not.toContain("beginning")
  await page.keyboard.press("Control+F")
  await page.keyboard.type("NEEDLE")
  await expectText(page, "1 of 2", ".search-bar")
  await page.keyboard.press("Enter")
  await expectText(page, "2 of 2", ".search-bar")
  const first = 'document.querySelector("article").getBoundingClientRect()'
  const isSeen = `(({ top, bottom }) => top > 0 && bottom < innerHeight)(${first})`
  await expectText(page, "A needle at the beginning")
  await expect.poll(() => page.evaluate(isSeen)).toBe(true)
  await page.keyboard.press("Shift+Enter")
  await expectText(page, "1 of 2", ".search-bar")
  await page.keyboard.type(" not there")
  await expectText(page, "Not found", ".search-bar")
  await page.keyboard.press("Escape")
  await expect.poll(() => page.locator(".search-bar").count()).toBe(0)
  expect(stage.complaints).toEqual([])
}, 120_000)

test("a message and an album are forwarded to another chat, with their origin", async () => {
  await using stage = await open({ answers: false })
  const { page, telegram, ada, bot } = stage
  const group = telegram.group({ title: "Crew" }, ada, bot)
  await ada.promote(group, bot)
  await ada.send(bot, "/start")
  await call(telegram, bot.token, "sendMessage", { chat_id: ada.id, text: "A fact" })
  await ada.sendAlbum(bot, [{ photo: png, caption: "Two dots" }, { photo: png }])
  await page.getByRole("button", { name: /Demo/ }).click()
  await choose(page, "A fact", "Forward")
  await page.getByRole("dialog").waitFor()
  expect(await violations(page)).toEqual([])
  await page.getByRole("searchbox", { name: "Chat" }).fill("cre")
  await page.getByRole("dialog").getByRole("button", { name: /Crew/ }).click()
  await expectText(page, "Forwarded from Demo")
  await page
    .getByRole("button", { name: /^.*Demo/ })
    .first()
    .click()
  await expectText(page, "/start")
  await choose(page, "Two dots", "Forward")
  await page.getByRole("dialog").getByRole("button", { name: /Crew/ }).click()
  await page.getByRole("article", { name: /^Album of 2/ }).waitFor()
  await expectText(page, "Forwarded from Ada")
  const received = (await updatesOf(stage)).map(({ message }) => message as Record<string, unknown>)
  const inGroup = received.filter((message) => message?.["forward_origin"] !== undefined)
  expect(inGroup).toMatchObject([
    { text: "A fact", forward_origin: { type: "user", sender_user: { username: "demo_bot" } } },
    { caption: "Two dots", forward_origin: { type: "user", sender_user: { first_name: "Ada" } } },
    { photo: expect.any(Array), forward_origin: { type: "user" } },
  ])
  const [, one, two] = inGroup
  expect(one!["media_group_id"]).toBe(two!["media_group_id"])
  const original = received.find((message) => message?.["caption"] === "Two dots")
  expect(one!["media_group_id"]).not.toBe(original!["media_group_id"])
  expect(stage.complaints).toEqual([])
}, 120_000)

test("a click on a quote shows the quoted message", async () => {
  await using stage = await open({ answers: false })
  const { page, ada, bot } = stage
  const question = await ada.send(bot, "The question")
  for (let count = 0; count < 120; count++) await ada.send(bot, `line ${count}`)
  await ada.send(bot, "The answer", { reply_to: question })
  await page.getByRole("button", { name: /Demo/ }).click()
  await expectText(page, "The answer")
  await page.locator("button.quote").last().click()
  const row = `document.querySelector("#message-${question.message_id}")`
  const isSeen = `(({ top, bottom }) => top > 0 && bottom < innerHeight)(${row}?.getBoundingClientRect() ?? {})`
  await expect.poll(() => page.evaluate(isSeen)).toBe(true)
}, 120_000)
