import { expect, test } from "vitest"
import { Meeting } from "../meeting.js"

/**
 * JSON parameters, each with the rest of its call, and Telegram's message for a malformed value.
 */
const parameters: readonly (readonly [string, string, object, string, string])[] = [
  [
    "sendMessage",
    "reply_markup",
    { text: "x" },
    "reply keyboard markup",
    "object expected as reply markup",
  ],
  [
    "sendMessage",
    "reply_parameters",
    { text: "x" },
    "reply parameters",
    "object expected as reply parameters",
  ],
  [
    "sendMessage",
    "link_preview_options",
    { text: "x" },
    "link preview options",
    "object expected as link preview options",
  ],
  ["sendPoll", "options", { question: "?" }, "options", "expected an Array of String as options"],
  [
    "sendPoll",
    "country_codes",
    { question: "?", options: ["a"] },
    "country codes",
    "expected an Array of country codes",
  ],
  ["sendMediaGroup", "media", {}, "media", "expected an Array of InputMedia"],
  [
    "sendInvoice",
    "prices",
    { title: "t", description: "d", payload: "p", currency: "XTR" },
    "prices",
    "expected an Array of labeled prices",
  ],
  ["setMyCommands", "commands", {}, "commands", "expected an Array of BotCommand"],
  [
    "setMyCommands",
    "scope",
    { commands: [] },
    "BotCommandScope",
    "can't parse BotCommandScope: BotCommandScope must be an Object",
  ],
  [
    "setChatMenuButton",
    "menu_button",
    {},
    "menu button",
    "can't parse menu button: MenuButton must be an Object",
  ],
  [
    "setMyDefaultAdministratorRights",
    "rights",
    {},
    "ChatAdministratorRights",
    "can't parse ChatAdministratorRights: ChatAdministratorRights must be an Object",
  ],
  [
    "getCustomEmojiStickers",
    "custom_emoji_ids",
    {},
    "custom emoji identifiers",
    "expected an Array of custom emoji identifiers",
  ],
  ["deleteMessages", "message_ids", {}, "message_ids", "expected an Array of message identifiers"],
  [
    "answerShippingQuery",
    "shipping_options",
    { shipping_query_id: "1", ok: true },
    "shipping options",
    "expected an Array of shipping options",
  ],
]

test.each(parameters)(
  "%s distinguishes a malformed %s from one of another type",
  async (method, name, more, noun, otherKind) => {
    await using world = await Meeting.start()
    const call = { chat_id: world.ada.id, ...more }
    const broken = await world.refusal(method, { ...call, [name]: "{bad" })
    expect(broken).toBe(`Bad Request: can't parse ${noun} JSON object`)
    const other = await world.refusal(method, { ...call, [name]: "7" })
    expect(other).toBe(`Bad Request: ${otherKind}`)
  },
)

test("keyboard buttons share people, chats, polls and the data of a Web App", async () => {
  await using world = await Meeting.start()
  const { ada, bob, bot, telegram } = world
  const group = telegram.group({ title: "G" }, ada, bot)
  const keyboard = [
    [
      { text: "People", request_users: { request_id: 1 } },
      { text: "Chat", request_chat: { request_id: 2, chat_is_channel: false } },
      { text: "App", web_app: { url: "https://example.com" } },
      { text: "Poll", request_poll: {} },
    ],
  ]
  await world.updates()
  await world.result("sendMessage", { chat_id: ada.id, text: "x", reply_markup: { keyboard } })
  await expect(ada.tap("Chat")).rejects.toThrow("Expected the option `chat` of `tap`")
  await ada.tap("People", { users: [bob] })
  await ada.tap("Chat", { chat: group })
  await ada.tap("App", { data: "42" })
  await ada.tap("Poll", { poll: { question: "?", options: ["a", "b"] } })
  expect(await world.updates()).toMatchObject([
    { message: { users_shared: { request_id: 1, users: [{ user_id: bob.id }] } } },
    { message: { chat_shared: { request_id: 2, chat_id: group.id } } },
    { message: { web_app_data: { data: "42", button_text: "App" } } },
    { message: { poll: { question: "?" } } },
  ])
})

test("a person can have Telegram Premium", async () => {
  await using world = await Meeting.start()
  const eve = world.telegram.user({ first_name: "Eve", is_premium: true })
  await eve.send(world.bot, "x")
  expect(await world.updates()).toMatchObject([{ message: { from: { is_premium: true } } }])
})
