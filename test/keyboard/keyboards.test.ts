import { expect, test } from "vitest"
import { forceReply, inlineKeyboard, keyboard, removeKeyboard } from "../../src/keyboard/index.js"
import { peopleEach } from "../support/people.js"

const people = peopleEach()

test("an inline keyboard has a method for each kind of button, under the name of its field", () => {
  const look = { style: "primary", icon_custom_emoji_id: "5" } as const
  const made = inlineKeyboard()
    .callbackGame("Play", look)
    .row()
    .text("Yes", "yes", { style: "success" })
    .url("Rules", "https://example.com")
    .webApp("Shop", "https://example.com/shop")
    .loginUrl("Log in", "https://example.com/in")
    .loginUrl("Log in", { url: "https://example.com/in", request_write_access: true })
    .row()
    .switchInlineQuery("Share")
    .switchInlineQueryCurrentChat("Search", "cats")
    .switchInlineQueryChosenChat("Send", { query: "q", allow_user_chats: true })
    .copyText("Copy", "code")
    .pay("Pay")
    .disabled("Sold")
  expect(made).toStrictEqual({
    inline_keyboard: [
      [{ text: "Play", callback_game: {}, ...look }],
      [
        { text: "Yes", callback_data: "yes", style: "success" },
        { text: "Rules", url: "https://example.com" },
        { text: "Shop", web_app: { url: "https://example.com/shop" } },
        { text: "Log in", login_url: { url: "https://example.com/in" } },
        {
          text: "Log in",
          login_url: { url: "https://example.com/in", request_write_access: true },
        },
      ],
      [
        { text: "Share", switch_inline_query: "" },
        { text: "Search", switch_inline_query_current_chat: "cats" },
        { text: "Send", switch_inline_query_chosen_chat: { query: "q", allow_user_chats: true } },
        { text: "Copy", copy_text: { text: "code" } },
        { text: "Pay", pay: true },
        { text: "Sold", disabled: {} },
      ],
    ],
  })
})

test("a reply keyboard has a method for each kind of key", () => {
  const made = keyboard({ resize_keyboard: true, input_field_placeholder: "Choose" })
    .text("Tea", { style: "danger" })
    .requestUsers("Friends", { request_id: 1, max_quantity: 3 })
    .requestChat("Group", { request_id: 2, chat_is_channel: false })
    .row()
    .requestContact("Number")
    .requestLocation("Place")
    .requestPoll("Poll")
    .requestPoll("Quiz", "quiz")
    .requestManagedBot("Bot", { request_id: 3 })
    .webApp("App", "https://example.com")
  expect(made).toStrictEqual({
    resize_keyboard: true,
    input_field_placeholder: "Choose",
    keyboard: [
      [
        { text: "Tea", style: "danger" },
        { text: "Friends", request_users: { request_id: 1, max_quantity: 3 } },
        { text: "Group", request_chat: { request_id: 2, chat_is_channel: false } },
      ],
      [
        { text: "Number", request_contact: true },
        { text: "Place", request_location: true },
        { text: "Poll", request_poll: {} },
        { text: "Quiz", request_poll: { type: "quiz" } },
        { text: "Bot", request_managed_bot: { request_id: 3 } },
        { text: "App", web_app: { url: "https://example.com" } },
      ],
    ],
  })
  expect(removeKeyboard({ selective: true })).toEqual({ remove_keyboard: true, selective: true })
  expect(forceReply({ input_field_placeholder: "Name" })).toEqual({
    force_reply: true,
    input_field_placeholder: "Name",
  })
})

test("a keyboard is plain: it is cloned, stored and compared without its methods", () => {
  const made = inlineKeyboard({ force_reply: true }).text("Yes", "yes")
  const plain = {
    force_reply: true,
    inline_keyboard: [[{ text: "Yes", callback_data: "yes" }]],
  }
  expect(structuredClone(made)).toStrictEqual(plain)
  expect(JSON.parse(JSON.stringify(made))).toStrictEqual(plain)
  expect(Object.keys(made).toSorted()).toEqual(["force_reply", "inline_keyboard"])
})

test("rows, columns, conditions and other keyboards arrange the buttons", () => {
  const shape = (made: { inline_keyboard: { text: string }[][] }) =>
    made.inline_keyboard.map((row) => row.map(({ text }) => text).join(""))
  const letters = (made: ReturnType<typeof inlineKeyboard>, text: string) => {
    for (const letter of text) made.text(letter, letter)
  }
  expect(shape(inlineKeyboard().when(true, (k) => letters(k.columns(3), "abcdefg")))).toEqual([
    "abc",
    "def",
    "g",
  ])
  expect(shape(inlineKeyboard().text("a", "a").columns(2).text("b", "b").text("c", "c"))).toEqual([
    "a",
    "bc",
  ])
  expect(shape(inlineKeyboard().row().row().text("a", "a").row().row())).toEqual(["a"])
  expect(shape(inlineKeyboard().when(0, (k) => k.text("a", "a")))).toEqual([])
  const other = inlineKeyboard().text("x", "x").row().text("y", "y")
  const joined = inlineKeyboard().text("a", "a").addRows(other.inline_keyboard).text("b", "b")
  expect(shape(joined)).toEqual(["a", "x", "y", "b"])
  const added = { text: "z", callback_data: "z" }
  expect(shape(inlineKeyboard().add(added).row(added, added))).toEqual(["z", "zz"])
})

test("100 buttons (Telegram's limit) and 8 in a row: the ninth begins a row, the 101st is refused", () => {
  const made = inlineKeyboard()
  for (let index = 0; index < 100; index += 1) made.text(`${index}`, `${index}`)
  expect(made.inline_keyboard.map((row) => row.length)).toEqual([...Array(12).fill(8), 4])
  expect(() => made.text("more", "more")).toThrow(/at most 100 buttons/)
  const keys = keyboard()
  for (let index = 0; index < 300; index += 1) keys.text(`${index}`)
  expect(keys.keyboard.map((row) => row.length)).toEqual(Array(25).fill(12))
  expect(() => keys.text("more")).toThrow(TypeError)
})

test.each<[string, () => unknown, RegExp]>([
  ["an empty text", () => inlineKeyboard().text("", "a"), /`text`/],
  ["empty data", () => inlineKeyboard().text("a", ""), /1 to 64 bytes/],
  ["65 bytes of data", () => inlineKeyboard().text("a", "x".repeat(65)), /has 65/],
  ["33 letters of 2 bytes", () => inlineKeyboard().text("a", "ж".repeat(33)), /has 66/],
  ["no text to copy", () => inlineKeyboard().copyText("a", ""), /256 characters/],
  ["9 columns", () => inlineKeyboard().columns(9), /from 1 to 8/],
  ["no function", () => inlineKeyboard().when(true, "x" as never), /`change`/],
  ["an empty key", () => keyboard().text(""), /`text`/],
])("%s is refused before any call", (_, make, reason) => {
  expect(make).toThrow(TypeError)
  expect(make).toThrow(reason)
})

test("people see and press the buttons and keys", async () => {
  const { dispatcher, ada } = people
  dispatcher.command("start", (ctx) =>
    ctx.reply("Well?", { reply_markup: inlineKeyboard().text("Yes", "ж".repeat(32)) }),
  )
  dispatcher.callbackQuery("ж".repeat(32), (ctx) => ctx.answer("Pressed"))
  dispatcher.command("keys", (ctx) =>
    ctx.reply("Tea?", { reply_markup: keyboard().text("Tea").text("Coffee") }),
  )
  dispatcher.message((ctx) => ctx.reply(`${ctx.message.text}!`, { reply_markup: removeKeyboard() }))
  await people.updater.startPolling()
  expect(await people.answerTo(ada, await people.ask(ada, "/start"), "Yes")).toBe("Pressed")
  await people.ask(ada, "/keys")
  await ada.tap("Coffee")
  expect((await ada.hears()).text).toBe("Coffee!")
})
