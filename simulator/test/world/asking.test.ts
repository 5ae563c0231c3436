import { expect, test } from "vitest"
import { MovableClock } from "../../src/index.js"
import type { Message } from "@grammyjs/types"
import { Meeting } from "../meeting.js"

const article = (id: string, more: object = {}) => ({
  type: "article",
  id,
  title: id,
  input_message_content: { message_text: `text of *${id}*`, parse_mode: "Markdown" },
  ...more,
})
const inlineBot = { supports_inline_queries: true, inline_feedback: true }

test("an inline query is typed and answered, and a result of it sent through the bot", async () => {
  await using world = await Meeting.start(inlineBot)
  const { ada, bot } = world
  const typed = await ada.type("@met_bot cats", { offset: "5", chat_type: "sender" })
  expect(await world.updates()).toEqual([
    {
      inline_query: {
        id: typed.id,
        from: expect.objectContaining({ id: ada.id }),
        chat_type: "sender",
        query: "cats",
        offset: "5",
      },
    },
  ])
  const reply_markup = { inline_keyboard: [[{ text: "More", callback_data: "m" }]] }
  const results = [article("a"), article("b", { reply_markup })]
  const answer = { inline_query_id: typed.id, results, next_offset: "9" }
  expect(await world.result("answerInlineQuery", answer)).toBe(true)
  const shown = await typed.answered
  expect(shown).toMatchObject({ query: "cats", nextOffset: "9", results })
  const sent = await ada.choose(shown, "b", bot)
  expect(sent).toMatchObject({ text: "text of b", via_bot: { id: bot.id }, reply_markup })
  const [message, chosen] = await world.updates()
  expect(message).toEqual({ message: sent })
  const { inline_message_id = "" } = chosen?.chosen_inline_result ?? {}
  expect(chosen?.chosen_inline_result).toMatchObject({ result_id: "b", query: "cats" })
  await ada.press(sent, "More")
  const [press] = await world.updates()
  expect(press?.callback_query).toMatchObject({ inline_message_id, data: "m" })
  expect(press?.callback_query).not.toHaveProperty("message")
  expect(await world.result("editMessageText", { inline_message_id, text: "done" })).toBe(true)
  expect(await ada.seesEdit()).toMatchObject({ text: "done" })
  await ada.choose(shown, 0, bot)
  expect((await world.updates())[1]?.chosen_inline_result).not.toHaveProperty("inline_message_id")
})

test("a bot is told of chosen results only with inline feedback, and queried only with inline mode", async () => {
  await using silent = await Meeting.start()
  await expect(silent.ada.type("@met_bot x")).rejects.toThrow("has no inline mode")
  await expect(silent.ada.type("@nobody x")).rejects.toThrow('Expected "@bot query"')
  await using world = await Meeting.start({ supports_inline_queries: true })
  const { id, answered } = await world.ada.type("@met_bot")
  await world.result("answerInlineQuery", { inline_query_id: id, results: [article("a")] })
  await world.ada.choose(await answered, "a", world.bot)
  expect(await world.types()).toEqual(["inline_query", "message"])
})

test.each([
  [[article("a"), article("a")], "RESULT_ID_DUPLICATE"],
  [[article("")], "RESULT_ID_INVALID"],
  [
    Array.from({ length: 51 }, (_, at) => article(String(at))),
    "too many inline query results specified",
  ],
  [
    [{ type: "poem", id: "1" }],
    'can\'t parse inline query result: type "poem" is unsupported for the inline query result',
  ],
  [
    [{ type: "article", id: "1", title: "t" }],
    "can't parse inline query result: Can't find field \"message_text\"",
  ],
  [[article("a")], "query is too old and response timeout expired or query ID is invalid"],
])("answerInlineQuery refuses what Telegram refuses (%#)", async (results, reason) => {
  await using world = await Meeting.start(inlineBot)
  const answer = { inline_query_id: "1", results }
  expect(await world.refusal("answerInlineQuery", answer)).toBe(`Bad Request: ${reason}`)
})

const invoice = {
  title: "Tea",
  description: "A cup",
  payload: "tea-1",
  provider_token: "1:TEST",
  currency: "EUR",
  prices: [{ label: "Tea", amount: 150 }],
}

test("an invoice is paid: shipping, pre-checkout, and a message that says so", async () => {
  await using world = await Meeting.start()
  const { ada } = world
  await world.result("sendInvoice", { chat_id: ada.id, ...invoice, is_flexible: true })
  const bill = await ada.hears()
  expect(bill.invoice).toMatchObject({ total_amount: 150, currency: "EUR" })
  const paid = ada.pay(bill)
  const [asked] = await world.updates()
  expect(asked?.shipping_query).toMatchObject({
    invoice_payload: "tea-1",
    shipping_address: { city: "Berlin" },
  })
  const post = { id: "post", title: "Post", prices: [{ label: "Post", amount: 50 }] }
  const shipping_query_id = asked?.shipping_query?.id
  const shipping = { shipping_query_id, ok: true, shipping_options: [post] }
  await world.result("answerShippingQuery", shipping)
  const [checkout] = await world.updates()
  expect(checkout?.pre_checkout_query).toMatchObject({
    total_amount: 200,
    shipping_option_id: "post",
  })
  const pre_checkout_query_id = checkout?.pre_checkout_query?.id
  await world.result("answerPreCheckoutQuery", { pre_checkout_query_id, ok: true })
  const payment = await paid
  expect(payment).toMatchObject({
    ok: true,
    message: { successful_payment: { total_amount: 200 } },
  })
  expect(await world.updates()).toMatchObject([
    { message: { successful_payment: { invoice_payload: "tea-1" } } },
  ])
  expect(await world.refusal("answerPreCheckoutQuery", { pre_checkout_query_id, ok: true })).toBe(
    "Bad Request: query is too old and response timeout expired or query ID is invalid",
  )
})

test("a payment fails if the bot declines, or does not answer for ten seconds", async () => {
  const clock = new MovableClock()
  await using world = await Meeting.start({ simulator: { clock } })
  const stars = { ...invoice, currency: "XTR", provider_token: "" }
  const link = await world.result<string>("createInvoiceLink", stars)
  const refused = world.ada.pay(link)
  const [first] = await world.updates()
  const pre_checkout_query_id = first?.pre_checkout_query?.id
  const no = { pre_checkout_query_id, ok: false, error_message: "Sold out" }
  await world.result("answerPreCheckoutQuery", no)
  expect(await refused).toEqual({ ok: false, error: "Sold out" })
  const silent = world.ada.pay(link)
  await clock.advance(10_000)
  expect(await silent).toEqual({ ok: false, error: "The bot did not answer in time" })
})

test.each([
  [{ title: "" }, 'parameter "title" is required'],
  [{ payload: "" }, 'parameter "payload" is required'],
  [{ provider_token: "" }, "PAYMENT_PROVIDER_INVALID"],
  [{ currency: "EURO" }, "CURRENCY_INVALID"],
  [{ prices: [] }, "there must be at least one price"],
])("an invoice with %j is refused: %s", async (change, reason) => {
  await using world = await Meeting.start()
  const asked = { chat_id: world.ada.id, ...invoice, ...change }
  expect(await world.refusal("sendInvoice", asked)).toBe(`Bad Request: ${reason}`)
})

test("descriptions of bots are stored by language, and their menu button by chat", async () => {
  await using world = await Meeting.start()
  const { ada } = world
  await world.result("setMyName", { name: "Robot" })
  await world.result("setMyDescription", { description: "Ein Bot", language_code: "de" })
  expect(await world.result("getMe")).toMatchObject({ first_name: "Robot" })
  expect(await world.result("getMyName", { language_code: "fr" })).toEqual({ name: "Robot" })
  expect(await world.result("getMyDescription", { language_code: "de" })).toEqual({
    description: "Ein Bot",
  })
  expect(await world.result("getMyShortDescription")).toEqual({ short_description: "" })
  const menu_button = { type: "web_app", text: "Open", web_app: { url: "https://example.com" } }
  await world.result("setChatMenuButton", { chat_id: ada.id, menu_button })
  expect(await world.result("getChatMenuButton", { chat_id: ada.id })).toEqual(menu_button)
  expect(await world.result("getChatMenuButton")).toEqual({ type: "commands" })
  ada.setPhoto(new Uint8Array([1]))
  expect(await world.result("getUserProfilePhotos", { user_id: ada.id })).toMatchObject({
    total_count: 1,
    photos: [expect.arrayContaining([expect.objectContaining({ file_size: 1 })])],
  })
})

test("legacy Markdown, and mentions by user id", async () => {
  await using world = await Meeting.start()
  const send = (text: string) =>
    world.ask("sendMessage", { chat_id: world.ada.id, text, parse_mode: "Markdown" })
  const { result } = await send(`[Bob](tg://user?id=${world.bob.id}) [x](tg://user?id=5)`)
  expect(result as Message).toMatchObject({
    text: "Bob x",
    entities: [{ type: "text_mention", user: { first_name: "Bob", id: world.bob.id } }],
  })
  expect((await send("é*bold")).description).toBe(
    "Bad Request: can't parse entities: Can't find end of the entity starting at byte offset 2",
  )
})

test("menus of commands are stored by scope, also of one chat and one member", async () => {
  await using world = await Meeting.start()
  const chat_id = world.ada.id
  const commands = (command: string) => [{ command, description: "x" }]
  const scopes = [
    undefined,
    { type: "all_private_chats" },
    { type: "chat", chat_id },
    { type: "chat_member", chat_id, user_id: chat_id },
  ]
  for (const [at, scope] of scopes.entries()) {
    await world.result("setMyCommands", { commands: commands(`c${at}`), scope })
  }
  await world.result("deleteMyCommands", { scope: scopes[1] })
  const kept = scopes.map((scope) => world.result("getMyCommands", { scope }))
  expect(await Promise.all(kept)).toEqual([commands("c0"), [], commands("c2"), commands("c3")])
  const refused = (scope: object) => world.refusal("getMyCommands", { scope })
  expect(await refused({ type: "moon" })).toMatch(/Unsupported type specified/)
  expect(await refused({ type: "chat", chat_id: 5 })).toBe("Bad Request: chat not found")
})
