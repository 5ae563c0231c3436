import { expect, test } from "vitest"
import { call } from "../conformance-stage.js"
import { violations } from "./browser.js"
import { begin, expectText, openerInChromium } from "./browser-stage.js"

const open = openerInChromium()

test("the arrow keys choose a command in the menu, Enter sends it, and Escape closes the menu", async () => {
  await using stage = await open()
  const { page, telegram, bot } = stage
  const names = ["first", "second", "third"]
  const commands = names.map((command) => ({ command, description: `The ${command}` }))
  await call(telegram, bot.token, "setMyCommands", { commands })
  await begin(page)
  const field = page.getByRole("textbox", { name: "Message" })
  const menu = page.getByRole("list", { name: "Commands" })
  const focused = () =>
    page.evaluate("document.activeElement.querySelector('strong')?.textContent ?? 'field'")
  await field.focus()
  await page.keyboard.type("/")
  await menu.getByRole("button", { name: /third/ }).waitFor()
  const way = []
  for (const key of ["Up", "Up", "Down", "Down", "Down", "Down"]) {
    await page.keyboard.press(`Arrow${key}`)
    way.push(await focused())
  }
  expect(way).toEqual(["/third", "/second", "/third", "field", "/first", "/second"])
  expect(await violations(page)).toEqual([])
  await page.keyboard.press("Escape")
  await expect.poll(() => menu.count()).toBe(0)
  expect(await focused()).toBe("field")
  expect(await field.inputValue()).toBe("/")
  await page.keyboard.type("s")
  await menu.getByRole("button", { name: /second/ }).waitFor()
  await page.keyboard.press("ArrowDown")
  await page.keyboard.type("ec")
  await expect.poll(() => field.inputValue()).toBe("/sec")
  await page.keyboard.press("ArrowUp")
  await page.keyboard.press("Enter")
  await expectText(page, "/second")
  await expect.poll(() => field.inputValue()).toBe("")
  expect(await focused()).toBe("field")
  expect(stage.complaints).toEqual([])
}, 120_000)

test("Escape in the field closes the menu of commands first, then the reply", async () => {
  await using stage = await open()
  const { page } = stage
  await begin(page)
  await page.locator(".message").last().click({ button: "right" })
  await page.getByRole("menuitem", { name: "Reply" }).click()
  const cancel = page.getByRole("button", { name: "Cancel the reply" })
  await cancel.waitFor()
  await page.keyboard.type("/")
  const menu = page.getByRole("list", { name: "Commands" })
  await menu.waitFor()
  await page.keyboard.press("Escape")
  await expect.poll(() => menu.count()).toBe(0)
  expect(await cancel.count()).toBe(1)
  await page.keyboard.press("Escape")
  await expect.poll(() => cancel.count()).toBe(0)
}, 120_000)

test("the only chat is open at once, a choice of two is not, and a phone shows the list", async () => {
  await using stage = await open({ answers: false })
  const { page, telegram, bot, ada } = stage
  // Before a first message, the chat has a button that starts it.
  await page.getByRole("button", { name: "Start" }).waitFor()
  expect(await violations(page)).toEqual([])
  await ada.send(bot, "Hello")
  await expectText(page, "Hello")
  await page.evaluate("sessionStorage.clear()")
  await page.reload()
  await expectText(page, "Hello")
  telegram.group({ title: "Crew" }, ada, bot)
  await page.getByRole("button", { name: /Crew/ }).waitFor()
  await page.evaluate("sessionStorage.clear()")
  await page.reload()
  await page.getByRole("button", { name: /Crew/ }).waitFor()
  expect(await page.locator(".messages").count()).toBe(0)
  await using phone = await open({ answers: false, width: 390, isMobile: true, hasTouch: true })
  await phone.page.getByRole("button", { name: /Demo.*press to begin/ }).waitFor()
  expect(await phone.page.getByRole("button", { name: "Start" }).count()).toBe(0)
}, 120_000)

/** Returns the words of buttons that stand in several lines, and the buttons that leave their row. */
const faultsOfButtons = `[...document.querySelectorAll(".keyboard-row button")].flatMap((button) => {
  const text = document.createTreeWalker(button, NodeFilter.SHOW_TEXT).nextNode()
  const words = [...text.data.matchAll(/\\S+/g)].filter(({ 0: word, index }) => {
    const range = document.createRange()
    range.setStart(text, index)
    range.setEnd(text, index + word.length)
    return range.getClientRects().length > 1 && word.length < 30
  })
  const [inner, outer] = [button, button.parentElement].map((e) => e.getBoundingClientRect())
  const leaves = inner.right > outer.right + 1 || inner.left < outer.left - 1
  return [...words.map(([word]) => word), ...(leaves ? ["outside: " + text.data] : [])]
})`

test("on a phone, a button breaks no word and stays in the width of its message", async () => {
  await using stage = await open({ answers: false, width: 390, isMobile: true, hasTouch: true })
  const { page, telegram, bot, ada } = stage
  await ada.send(bot, "/start")
  const rows = [["Unanswered", "Delivered", "Cancellation"], ["x".repeat(80)], ["1", "2", "3"]]
  const inline_keyboard = rows.map((row) =>
    row.map((text) => ({ text, callback_data: text.slice(0, 10) })),
  )
  const keyboard = [["Unanswered questions", "Deliveries tomorrow", "Cancellations"]]
  await call(telegram, bot.token, "sendMessage", {
    ...{ chat_id: ada.id, text: "Inline", reply_markup: { inline_keyboard } },
  })
  await call(telegram, bot.token, "sendMessage", {
    ...{ chat_id: ada.id, text: "Keys", reply_markup: { keyboard, resize_keyboard: true } },
  })
  await page.getByRole("button", { name: /Demo/ }).click()
  await page.getByRole("button", { name: "Cancellations" }).waitFor()
  await page.getByRole("button", { name: "Delivered" }).waitFor()
  expect(await page.evaluate(faultsOfButtons)).toEqual([])
  const tops = await page.evaluate(
    `[...document.querySelectorAll(".inline-keyboard .keyboard-row:last-child button")].map((e) => e.offsetTop)`,
  )
  expect(new Set(tops as number[]).size).toBe(1)
  expect(await violations(page)).toEqual([])
}, 120_000)
