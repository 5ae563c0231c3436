import { expect, test } from "vitest"
import { call } from "../conformance-stage.js"
import { type Page, violations } from "./browser.js"
import { expectText, openerInChromium } from "./browser-stage.js"

const open = openerInChromium()

/** Acts as another person from now on. */
async function become(page: Page, { id }: { readonly id: number }): Promise<void> {
  await page.evaluate(`{
    const select = document.querySelector(".who select")
    select.value = "${id}"
    select.dispatchEvent(new Event("change", { bubbles: true }))
  }`)
}

test("only its receiver sees an ephemeral message on the page, presses its button and answers it", async () => {
  await using stage = await open({ answers: false })
  const { page, telegram, ada, bot } = stage
  const bob = telegram.user({ first_name: "Bob" })
  const group = telegram.supergroup({ title: "Club" }, ada, bob, bot)
  await ada.promote(group, bot)
  await ada.send(group, "Hello, all")
  const say = (method: string, parameters: object) =>
    call(telegram, bot.token, method, { chat_id: group.id, ...parameters })
  const inline_keyboard = [[{ text: "Reveal", callback_data: "more" }]]
  await say("sendMessage", {
    ...{ text: "Only Ada", reply_markup: { inline_keyboard } },
    ephemeral_message_parameters: { receiver_user_id: ada.id },
  })
  await say("sendMessage", { text: "For everybody" })
  await page.getByRole("button", { name: /Club/ }).click()
  await expectText(page, "Only Ada")
  await expectText(page, "only you see this")
  const texts = await page.locator(".message").allTextContents()
  expect(texts.map((text) => /Hello, all|Only Ada|For everybody/.exec(text)?.[0])).toEqual([
    ...["Hello, all", "Only Ada", "For everybody"],
  ])
  await page.getByRole("button", { name: "Reveal" }).click()
  const pressed = async () => {
    const { result } = await call(telegram, bot.token, "getUpdates", {})
    return (result as { callback_query?: object }[]).at(-1)?.callback_query
  }
  await expect.poll(pressed).toMatchObject({
    message: { message_id: 0, ephemeral_message_id: 1, receiver_user: { id: ada.id } },
  })
  const target = { receiver_user_id: ada.id, ephemeral_message_id: 1 }
  await say("editEphemeralMessageText", { ...target, text: "Still only Ada" })
  await expectText(page, "Still only Ada")
  expect(await violations(page)).toEqual([])
  await become(page, bob)
  await page.getByRole("button", { name: /Club/ }).click()
  await expectText(page, "For everybody")
  expect(await page.locator(".messages").first().innerText()).not.toContain("only Ada")
  await become(page, ada)
  await page.getByRole("button", { name: /Club/ }).click()
  await expectText(page, "Still only Ada")
  await say("deleteEphemeralMessage", target)
  await expect.poll(() => page.locator(".messages").first().innerText()).not.toContain("only Ada")
  expect(stage.complaints).toEqual([])
}, 120_000)
