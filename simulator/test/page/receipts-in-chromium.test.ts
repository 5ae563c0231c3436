import { mkdtemp, rm } from "node:fs/promises"
import { createServer } from "node:http"
import { once } from "node:events"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { expect, test } from "vitest"
import { call } from "../conformance-stage.js"
import { Simulator } from "../../src/index.js"
import { EventReader } from "./event-reader.js"
import { violations, type Page } from "./browser.js"
import { openerInChromium } from "./browser-stage.js"

const open = openerInChromium()

/** Waits until the ticks of the person's messages have these names, the oldest first. */
async function expectTicks(page: Page, names: readonly RegExp[]): Promise<void> {
  const labels = () =>
    page.evaluate(
      '[...document.querySelectorAll(".ticks")].map((e) => e.getAttribute("aria-label"))',
    )
  await expect
    .poll(labels, { timeout: 15_000 })
    .toEqual(names.map((name) => expect.stringMatching(name)))
}

test("a message has one tick until the bot confirms its update, and two afterwards", async () => {
  await using stage = await open({ answers: false })
  const { page, telegram, bot, ada } = stage
  const sent = await ada.send(bot, "Are you there?")
  await page.getByRole("button", { name: /Demo/ }).click()
  await expectTicks(page, [/^Sent/])
  expect(await violations(page)).toEqual([])
  const { result } = await call(telegram, bot.token, "getUpdates")
  const [update] = result as { update_id: number }[]
  await page.getByText("given").first().waitFor()
  await expectTicks(page, [/^Sent/])
  // A long poll confirms updates at its start.
  const poll = call(telegram, bot.token, "getUpdates", {
    offset: update!.update_id + 1,
    timeout: 50,
  })
  await expectTicks(page, [/^Received/])
  await page.getByText("confirmed").first().waitFor()
  expect(await violations(page)).toEqual([])
  await ada.edit(sent, "Are you there now?")
  await poll
  await expectTicks(page, [/^Sent/])
  await page.reload()
  await expectTicks(page, [/^Sent/])
}, 60_000)

test("a webhook's 200 gives a message its second tick", async () => {
  await using stage = await open({ answers: false, local: true })
  const { page, telegram, bot, ada } = stage
  const server = createServer((_, response) => response.end()).listen(0, "127.0.0.1")
  await once(server, "listening")
  try {
    const { port } = server.address() as AddressInfo
    await call(telegram, bot.token, "setWebhook", { url: `http://127.0.0.1:${port}/` })
    await ada.send(bot, "Hello")
    await page.getByRole("button", { name: /Demo/ }).click()
    await expectTicks(page, [/^Received/])
  } finally {
    server.close()
    server.closeAllConnections()
  }
}, 60_000)

test("a message that privacy mode withholds, or that the bot drops, is marked as such", async () => {
  await using stage = await open({ answers: false })
  const { page, telegram, bot, ada } = stage
  const group = telegram.group({ title: "Crew" }, ada, bot)
  await ada.send(group, "Good morning")
  await ada.send(group, "/count")
  await page.getByRole("button", { name: /Crew/ }).click()
  await expectTicks(page, [/^Not sent/, /^Sent/])
  await call(telegram, bot.token, "deleteWebhook", { drop_pending_updates: true })
  await expectTicks(page, [/^Not sent/, /^Lost/])
  await page.locator(".chip").getByText("dropped").first().waitFor()
  expect(await violations(page)).toEqual([])
  const alone = telegram.group({ title: "No bots" }, ada)
  await ada.send(alone, "Hello")
  await page.getByRole("button", { name: /No bots/ }).click()
  await page.locator(".messages").getByText("Hello").waitFor()
  await expectTicks(page, [])
}, 60_000)

test("the ticks are stored in the state file", async () => {
  const folder = await mkdtemp(join(tmpdir(), "sounder-ticks-"))
  const state = join(folder, "world.json")
  try {
    await using first = await Simulator.start({ state })
    const bot = first.bot({ username: "kept_bot" })
    const ada = first.user({ first_name: "Ada" })
    const words = ["dropped", "received", "waiting"]
    await ada.send(bot, words[0]!)
    await call(first, bot.token, "deleteWebhook", { drop_pending_updates: true })
    await ada.send(bot, words[1]!)
    const { result } = await call(first, bot.token, "getUpdates")
    const offset = (result as { update_id: number }[])[0]!.update_id + 1
    await call(first, bot.token, "getUpdates", { offset })
    await ada.send(bot, words[2]!)
    await first[Symbol.asyncDispose]()
    await using second = await Simulator.start({ state, page: true })
    const messages = `${second.apiRoot}/page/messages?chat=${bot.id}:${ada.id}`
    const receipts = async () => {
      // The page's own answer.
      const { marks } = (await (await fetch(messages)).json()) as {
        marks: Record<string, { receipt: string }>
      }
      return Object.values(marks).map(({ receipt }) => receipt)
    }
    expect(await receipts()).toEqual(["lost", "received", "waiting"])
    await using events = await EventReader.connect(second.apiRoot)
    await call(second, bot.token, "getUpdates", { offset: offset + 1 })
    await events.until((event) => event.kind === "mark" && event.mark?.receipt === "received")
    expect(await receipts()).toEqual(["lost", "received", "received"])
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}, 60_000)
