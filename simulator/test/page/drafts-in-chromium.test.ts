import { expect, test } from "vitest"
import { call } from "../conformance-stage.js"
import { violations } from "./browser.js"
import { begin, expectText, openerInChromium } from "./browser-stage.js"

const open = openerInChromium()

/** Opens the chat with a bot that polls for nothing else, and returns a function that sends a draft. */
async function opened() {
  const stage = await open()
  await begin(stage.page)
  const { telegram, bot, ada, page } = stage
  const send = (method: string, params: object) =>
    call(telegram, bot.token, method, { chat_id: ada.id, ...params })
  const drafts = page.locator(".draft-row")
  return { stage, page, send, drafts }
}

test("a message that a bot is writing grows on the page, and the message takes its place", async () => {
  const { stage, page, send, drafts } = await opened()
  await using _ = stage
  await send("sendMessageDraft", { draft_id: 7, text: "" })
  await expectText(page, "Thinking…", ".draft-row")
  await send("sendMessageDraft", { draft_id: 7, text: "Once <b>upon</b>", parse_mode: "HTML" })
  await expectText(page, "Once upon", ".draft-row")
  expect(await page.locator(".draft-row strong, .draft-row b").first().innerText()).toBe("upon")
  expect(await drafts.count()).toBe(1)
  expect(await page.getByRole("button", { name: "Stop" }).count()).toBe(0)
  expect(await violations(page)).toEqual([])
  await send("sendMessage", { text: "Once upon a time" })
  await expectText(page, "Once upon a time")
  await expect.poll(() => drafts.count(), { timeout: 15_000 }).toBe(0)
  expect(stage.complaints).toEqual([])
})

test("a person stops a message that a bot is writing", async () => {
  const { stage, page, send, drafts } = await opened()
  await using _ = stage
  await send("sendMessageDraft", {
    draft_id: 7,
    text: "A long",
    can_stop: true,
    keep_on_stop: true,
  })
  await send("sendMessageDraft", { draft_id: 8, text: "Another", can_stop: true })
  await expect.poll(() => drafts.count(), { timeout: 15_000 }).toBe(2)
  const stop = page.getByRole("button", { name: "Stop" })
  await stop.last().click()
  // A draft without `keep_on_stop` vanishes.
  await expect.poll(() => drafts.count(), { timeout: 15_000 }).toBe(1)
  await stop.click()
  await expect.poll(() => stop.count(), { timeout: 15_000 }).toBe(0)
  await expectText(page, "A long", ".draft-row")
  const isStopped = (id: number) =>
    stage.telegram.calls.filter(
      ({ method, answer }) =>
        method === "getUpdates" && JSON.stringify(answer).includes(`"draft_id":${id}`),
    ).length === 1
  await expect.poll(() => [isStopped(7), isStopped(8)], { timeout: 15_000 }).toEqual([true, true])
  expect(stage.complaints).toEqual([])
})
