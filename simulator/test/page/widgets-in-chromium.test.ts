import { expect, test } from "vitest"
import { call } from "../conformance-stage.js"
import { violations } from "./browser.js"
import { expectText, openerInChromium } from "./browser-stage.js"

const open = openerInChromium()

/** A widget that counts taps, and that tries to reach the page and the network. */
const html = `<style>body { height: 300px }</style><button id="tap">Tap</button><p id="out"></p>
<script>
  tap.onclick = () =>
    TelegramWidget.request("tap").then(
      ({ result }) => (tap.textContent = result),
      ({ message }) => (tap.textContent = "Refused: " + message),
    )
  const tries = [() => parent.document.title, () => localStorage.length, () => document.cookie]
  const caught = tries.map((attempt) => { try { return attempt() } catch { return "no" } })
  fetch("/page/messages").then(() => "yes", () => "no").then((net) => {
    out.textContent = [...caught, net].join(" ")
  })
</script>`

test("a widget runs in a sandboxed frame, asks its bot, and reaches neither the page nor the network", async () => {
  await using stage = await open({ answers: false })
  const { page, telegram, ada, bot } = stage
  const say = async (method: string, parameters: object) => {
    const { result } = await call(telegram, bot.token, method, parameters)
    return result as { update_id: number; widget_query?: { id: string; data: string } }[]
  }
  await ada.send(bot, "/start")
  const [begun] = await say("getUpdates", { allowed_updates: ["message", "widget_query"] })
  const widget = { chat_id: ada.id, html, caption: "Count with me" }
  await say("sendWidget", { ...widget, allow_queries: true })
  await page.getByRole("button", { name: /Demo/ }).first().click()
  await expectText(page, "Count with me")
  const frame = page.locator("iframe.widget")
  expect(await frame.getAttribute("sandbox")).toBe("allow-scripts")
  const inside = page.frameLocator("iframe.widget")
  await expect.poll(() => inside.locator("#out").innerText()).toBe("no no no no")
  await expect.poll(() => frame.getAttribute("height")).toMatch(/^3[0-4]\d$/)
  await inside.getByRole("button").click()
  const offset = (begun?.update_id ?? 0) + 1
  const [asked] = await say("getUpdates", { offset, timeout: 30 })
  expect(asked?.widget_query?.data).toBe("tap")
  await say("answerWidgetQuery", { widget_query_id: asked?.widget_query?.id, data: "1 tap" })
  await expect.poll(() => inside.getByRole("button").innerText()).toBe("1 tap")
  expect(await violations(page)).toEqual([])
  // The browser reports what it has kept the widget from.
  expect(stage.complaints.filter((text) => !/Content Security Policy|fetch/.test(text))).toEqual([])
}, 120_000)

test("a widget without `allow_queries` is refused, and the page shows the reason", async () => {
  await using stage = await open({ answers: false })
  const { page, telegram, ada, bot } = stage
  await ada.send(bot, "/start")
  await call(telegram, bot.token, "sendWidget", { chat_id: ada.id, html, height: 80 })
  await page.getByRole("button", { name: /Demo/ }).first().click()
  const inside = page.frameLocator("iframe.widget")
  await inside.getByRole("button").click()
  await expect.poll(() => inside.getByRole("button").innerText()).toMatch(/^Refused/)
  await expectText(page, "allow_queries", "body")
  expect(await page.locator("iframe.widget").getAttribute("height")).toBe("80")
}, 120_000)
