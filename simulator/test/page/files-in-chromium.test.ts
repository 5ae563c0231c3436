import { describe, expect, test } from "vitest"
import { call } from "../conformance-stage.js"
import { violations, type Page } from "./browser.js"
import { begin, expectText, openerInChromium, png } from "./browser-stage.js"

const open = openerInChromium()

const picture = (name: string) => ({ name, mimeType: "image/png", buffer: png })

/** Returns the updates that the bot has not fetched. */
async function messagesOf({ telegram, bot }: Awaited<ReturnType<typeof open>>) {
  const { result } = await call(telegram, bot.token, "getUpdates", {})
  return (result as { message: Record<string, unknown> }[]).map(({ message }) => message)
}

async function openChat(page: Page): Promise<void> {
  await page.getByRole("button", { name: /Demo.*press to begin/ }).click()
  await page.getByRole("button", { name: "Start" }).click()
  await expectText(page, "/start")
}

test("several pictures are sent as an album with a caption, and shown as one", async () => {
  await using stage = await open({ answers: false })
  const { page } = stage
  await openChat(page)
  await page.getByLabel("Attach").click()
  await page.getByLabel("Photo or video").setInputFiles([picture("a.png"), picture("b.png")])
  const dialog = page.getByRole("dialog")
  await dialog.waitFor()
  expect(await violations(page)).toEqual([])
  await page.getByLabel("Caption").fill("Two dots")
  await page.keyboard.press("Enter")
  const album = page.getByRole("article", { name: /^Album of 2/ })
  await album.waitFor()
  await expectText(page, "Two dots")
  await expect.poll(() => album.locator("img").count()).toBe(2)
  expect(await violations(page)).toEqual([])
  const [, first, second] = await messagesOf(stage)
  expect(first).toMatchObject({ caption: "Two dots", photo: expect.any(Array) })
  expect(second).not.toHaveProperty("caption")
  expect(first!["media_group_id"]).toBe(second!["media_group_id"])
  expect(stage.complaints).toEqual([])
}, 60_000)

test("a picture dropped on the chat is sent as a file if the person chooses so", async () => {
  await using stage = await open({ answers: false })
  const { page } = stage
  await openChat(page)
  const drop = `(() => {
    const files = new DataTransfer()
    files.items.add(new File([Uint8Array.from(atob("${png.toString("base64")}"), (c) => c.charCodeAt(0))], "dot.png", { type: "image/png" }))
    for (const type of ["dragover", "drop"]) {
      document.querySelector(".message-list").dispatchEvent(new DragEvent(type, { dataTransfer: files, bubbles: true, cancelable: true }))
    }
  })()`
  await page.evaluate(drop)
  await page.getByRole("dialog").waitFor()
  await page.getByLabel("Send as a file, without a preview").click()
  await page.getByRole("dialog").getByRole("button", { name: "Send" }).click()
  await expectText(page, "dot.png")
  const [, sent] = await messagesOf(stage)
  expect(sent).toMatchObject({ document: { file_name: "dot.png", mime_type: "image/png" } })
  await page.evaluate(drop.replace(".message-list", "body"))
  expect(await page.title()).toBe("Telegram on this machine")
  expect(stage.complaints).toEqual([])
}, 60_000)

test("a voice message is recorded and sent", async () => {
  await using stage = await open({ answers: false })
  const { page } = stage
  await openChat(page)
  await page.getByRole("button", { name: "Record a voice message" }).click()
  const send = page.getByRole("button", { name: "Send the voice message" })
  await send.waitFor()
  await send.click()
  await expect.poll(() => page.locator(".messages audio").count()).toBe(1)
  const [, sent] = await messagesOf(stage)
  expect(sent).toMatchObject({ voice: { mime_type: expect.stringMatching(/^audio\//) } })
  expect(await violations(page)).toEqual([])
}, 60_000)

test("a chat can be copied as a test", async () => {
  await using stage = await open()
  const { page } = stage
  await begin(page)
  await page.getByRole("button", { name: "Count" }).click()
  await expectText(page, "Counted 1")
  await page.evaluate("navigator.clipboard.writeText = async (text) => { document.copied = text }")
  await page.getByRole("button", { name: "About the bot" }).click()
  await page.getByRole("button", { name: "Copy the chat as a test" }).click()
  const copied = String(await page.evaluate("document.copied"))
  expect(copied).toMatch(
    /await ada\.send\(account, "\/start"\)\n +const (message\d+) = await ada\.hears\(\)\n +assert\.equal\(\1\.text, "Counted 1"\)\n +await ada\.press\(\1, "count"\)/,
  )
}, 60_000)

describe("on a phone", () => {
  const phone = { width: 400, hasTouch: true, isMobile: true } as const

  test("a long press opens the menu of a message, and a touch outside closes it", async () => {
    await using stage = await open(phone)
    const { page } = stage
    await begin(page)
    const menu = page.getByRole("menu")
    expect(await menu.count()).toBe(0)
    const touch = (type: string, selector: string) =>
      page.evaluate(
        `document.querySelector("${selector}").dispatchEvent(new PointerEvent("${type}", { pointerType: "touch", bubbles: true }))`,
      )
    await touch("pointerdown", ".bubble")
    await menu.waitFor()
    expect(await violations(page)).toEqual([])
    await touch("pointerup", ".bubble")
    expect(await menu.count()).toBe(1)
    await touch("pointerdown", ".chat-header")
    await expect.poll(() => menu.count()).toBe(0)
    await touch("pointerdown", ".bubble")
    await touch("pointerup", ".bubble")
    await new Promise((resolve) => setTimeout(resolve, 600))
    expect(await menu.count()).toBe(0)
    expect(await page.evaluate("document.documentElement.scrollWidth > innerWidth")).toBe(false)
  }, 60_000)

  test("the back gesture closes the wire, then the chat, and leaves no history entry", async () => {
    await using stage = await open(phone)
    const { page } = stage
    await begin(page)
    await page.getByRole("button", { name: "The wire" }).click()
    await page.getByRole("heading", { name: "The wire" }).waitFor()
    await page.goBack()
    await expectText(page, "Hello, Ada!")
    await page.goBack()
    const chats = page.getByRole("navigation", { name: "Chats" })
    await chats.waitFor()
    const steps = Number(await page.evaluate("history.length"))
    await page
      .getByRole("button", { name: /^.*Demo/ })
      .first()
      .click()
    await page.getByRole("button", { name: "Back to the chats" }).click()
    await chats.waitFor()
    await expect.poll(() => page.evaluate("history.length")).toBeLessThanOrEqual(steps)
    expect(await page.title()).toBe("Telegram on this machine")
    expect(stage.complaints).toEqual([])
  }, 60_000)
})
