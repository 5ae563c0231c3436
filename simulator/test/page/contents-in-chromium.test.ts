import { expect, test } from "vitest"
import { call } from "../conformance-stage.js"
import { violations } from "./browser.js"
import { expectText, openerInChromium, png } from "./browser-stage.js"

const open = openerInChromium()

/** A WebP of 2×2 pixels. */
const webp = Buffer.from(
  "UklGRjAAAABXRUJQVlA4ICQAAABwAQCdASoCAAIAB0CWJaACdAFAAAD+2ibFwyGI/JL1J+VgiAA=",
  "base64",
)

const widthOf = (image: { naturalWidth: number }) => image.naturalWidth

test("a click on a photo shows it full size, the arrow keys show the others, and Escape closes it", async () => {
  await using stage = await open({ answers: false })
  const { page, ada, bot } = stage
  await ada.send(bot, { photo: png, caption: "The first" })
  await ada.send(bot, "between")
  await ada.send(bot, { photo: png, caption: "The second" })
  await page.getByRole("button", { name: /Demo/ }).click()
  const shown = page.getByRole("button", { name: "Show the photo in full size" })
  await shown.last().click()
  const viewer = page.getByRole("dialog", { name: "Photo by Ada" })
  await viewer.getByRole("img", { name: "The second" }).waitFor()
  expect(await viewer.innerText()).toContain("Sizes: 1 × 1")
  expect(await violations(page)).toEqual([])
  await page.keyboard.press("ArrowLeft")
  await viewer.getByRole("img", { name: "The first" }).waitFor()
  await page.keyboard.press("ArrowLeft")
  expect(await viewer.getByRole("img", { name: "The first" }).count()).toBe(1)
  await page.keyboard.press("Escape")
  await expect.poll(() => viewer.count()).toBe(0)
  await shown.first().focus()
  await page.keyboard.press("Enter")
  await viewer.getByRole("button", { name: "Close the photo" }).click()
  await expect.poll(() => viewer.count()).toBe(0)
  expect(stage.complaints).toEqual([])
}, 120_000)

test("stickers, dice, venues and contacts are shown, and an unknown kind as its JSON", async () => {
  await using stage = await open({ answers: false })
  const { page, telegram, ada, bot } = stage
  await ada.send(bot, "/start")
  await page.getByRole("button", { name: /Demo/ }).click()
  await ada.send(bot, { sticker: webp, emoji: "🙂", file_name: "s.webp" })
  const sticker = page.getByRole("img", { name: "Sticker 🙂" })
  await sticker.waitFor()
  await expect.poll(() => sticker.evaluate(widthOf)).toBe(2)
  await ada.send(bot, { sticker: Buffer.from("x"), emoji: "🐟", file_name: "s.tgs" })
  await expectText(page, "animated sticker")
  await call(telegram, bot.token, "sendDice", { chat_id: ada.id, emoji: "🎰" })
  await page.getByRole("img", { name: /^🎰 \d+$/ }).waitFor()
  await ada.send(bot, {
    venue: { title: "The pier", address: "Whitby", location: { latitude: 54.5, longitude: -0.6 } },
  })
  await expectText(page, "54.5° N, 0.6° W")
  await ada.send(bot, {
    contact: { phone_number: "+44", first_name: "Grace", last_name: "Hopper" },
  })
  await expectText(page, "Grace Hopper")
  const checklist = { title: "Before we sail", tasks: [{ id: 1, text: "Cast off" }] }
  await ada.send(bot, { message: { checklist } })
  const folded = page.locator(".unknown summary")
  await folded.waitFor()
  await folded.click()
  await expectText(page, '"title": "Before we sail"')
  await page.locator('a[href^="https://www.openstreetmap.org/"][rel~="noreferrer"]').waitFor()
  expect(await violations(page)).toEqual([])
  expect(stage.complaints).toEqual([])
}, 120_000)

test("a sticker and a dice are sent from the menu next to the field", async () => {
  await using stage = await open({ answers: false })
  const { page, telegram, ada, bot } = stage
  await ada.send(bot, "/start")
  await page.getByRole("button", { name: /Demo/ }).click()
  await page.getByLabel("Attach").click()
  await page
    .getByLabel("Sticker")
    .setInputFiles({ name: "s.webp", mimeType: "image/webp", buffer: webp })
  await page.getByRole("img", { name: "Sticker" }).waitFor()
  await page.getByLabel("Attach").click()
  await page.getByRole("button", { name: "Dice" }).click()
  await page.getByRole("img", { name: /^🎲 \d$/ }).waitFor()
  const { result } = await call(telegram, bot.token, "getUpdates")
  expect((result as object[]).slice(1)).toMatchObject([
    { message: { sticker: { width: 2, is_animated: false } } },
    { message: { dice: { emoji: "🎲" } } },
  ])
}, 120_000)

test("a rich message is shown with its blocks, and its buttons are pressed", async () => {
  await using stage = await open({ answers: false })
  const { page, telegram, ada, bot } = stage
  await ada.send(bot, "/start")
  await page.getByRole("button", { name: /Demo/ }).click()
  const html =
    "<h1>Tea</h1><ul><li>green</li></ul><table><tr><th>Cup</th></tr><tr><td>1</td></tr></table>" +
    '<p><tg-button type="callback_data" data="brew">Brew</tg-button> <b>tea</b></p>' +
    "<details><summary>How</summary>Hot</details><p>&lt;b&gt;</p>"
  await call(telegram, bot.token, "sendRichMessage", { chat_id: ada.id, rich_message: { html } })
  await page.getByRole("cell", { name: "1" }).waitFor()
  for (const text of ["Tea", "green", "How", "<b>"]) await expectText(page, text)
  expect(await violations(page)).toEqual([])
  await page.getByRole("button", { name: "Brew" }).click()
  const asked = { allowed_updates: ["callback_query"], offset: -1, timeout: 20 }
  const { result } = await call(telegram, bot.token, "getUpdates", asked)
  expect(result).toMatchObject([{ callback_query: { data: "brew" } }])
  expect(stage.complaints).toEqual([])
}, 120_000)
