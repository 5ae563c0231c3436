import { finds, is, to, type ErrorCase } from "./error-case.js"

const poll = { ...to, question: "?" }
const invoice = { title: "t", description: "d", payload: "p", currency: "XTR" }
const set = { user_id: "ADA", name: "a_by_met_bot", title: "A" }
const keyboard = (button: unknown) => ({ reply_markup: { inline_keyboard: [[button]] } })
const key = (button: unknown) => ({ reply_markup: { keyboard: [[button]] } })
const entity = (fields: unknown) => ({ text: "abc", entities: [fields] })
const bold = { type: "bold", offset: 0, length: 1 }
const media = (item: unknown) => ({ ...to, media: [item] })
const priced = (price: unknown) => ({ ...to, ...invoice, prices: [price] })
const option = { id: "a", title: "A", prices: [{ label: "a", amount: 1 }] }
const shipping = (value: unknown) => ({
  ...{ shipping_query_id: "1", ok: true },
  shipping_options: [value],
})
const users = (fields: object) => key({ text: "a", request_users: fields })
const chats = (fields: object) => key({ text: "a", request_chat: { request_id: 1, ...fields } })

/** Calls with missing arguments, and calls that send invalid messages. */
export const messageErrors: readonly ErrorCase[] = [
  // The argument is missing.
  ["sendMessage", {}, "message text is empty"],
  ["sendMessage", { ...to, text: " " }, "text must be non-empty"],
  ["sendMessage", { text: "x" }, "chat_id is empty"],
  ["sendMessage", { chat_id: 5, text: "x" }, "chat not found"],
  ["sendPhoto", to, "there is no photo in the request"],
  ["sendLivePhoto", to, "there is no live photo in the request"],
  ["sendAudio", to, "there is no audio in the request"],
  ["sendDocument", to, "there is no document in the request"],
  ["sendVideo", to, "there is no video in the request"],
  ["sendAnimation", to, "there is no animation in the request"],
  ["sendVoice", to, "there is no voice in the request"],
  ["sendVideoNote", to, "there is no video note in the request"],
  ["sendSticker", to, "there is no sticker in the request"],
  ["sendMediaGroup", to, 'parameter "media" is required'],
  ["sendLocation", to, "latitude is empty"],
  ["sendLocation", { ...to, latitude: 1 }, "longitude is empty"],
  ["sendVenue", to, "latitude is empty"],
  ["sendContact", to, 'parameter "phone_number" is required'],
  ["sendContact", { ...to, phone_number: "1" }, 'parameter "first_name" is required'],
  ["sendGame", to, 'parameter "game_short_name" is required'],
  ["sendInvoice", to, 'parameter "title" is required'],
  ["sendInvoice", { ...to, title: "t" }, 'parameter "description" is required'],
  ["sendInvoice", { ...to, title: "t", description: "d" }, 'parameter "payload" is required'],
  ["sendInvoice", { ...to, ...invoice, currency: "" }, 'parameter "currency" is required'],
  ["sendInvoice", { ...to, ...invoice }, 'parameter "prices" is required'],
  ["createInvoiceLink", invoice, 'parameter "prices" is required'],
  ["forwardMessage", { ...to, message_id: 1 }, 'parameter "from_chat_id" is required'],
  ["copyMessage", { ...to, message_id: 1 }, 'parameter "from_chat_id" is required'],
  ["forwardMessages", { ...to, message_ids: [1] }, 'parameter "from_chat_id" is required'],
  ["copyMessages", { ...to, message_ids: [1] }, 'parameter "from_chat_id" is required'],
  ["editMessageMedia", { ...to, message_id: 1 }, 'parameter "media" is required'],
  ["getCustomEmojiStickers", {}, 'parameter "custom_emoji_ids" is required'],
  ["answerShippingQuery", { ok: true }, 'parameter "shipping_options" is required'],
  ["answerShippingQuery", {}, 'parameter "error_message" is required'],
  ["answerPreCheckoutQuery", {}, 'parameter "error_message" is required'],
  ["deleteMessages", to, "message identifiers are not specified"],
  ["getChatMember", to, "invalid user_id specified"],
  ["banChatMember", to, "invalid user_id specified"],
  ["banChatMember", { chat_id: 5 }, "invalid user_id specified"],
  ["approveChatJoinRequest", { chat_id: 5 }, "invalid user_id specified"],
  ["setGameScore", {}, "invalid user_id specified"],
  ["createNewStickerSet", { ...set }, "there is no sticker file in the request"],
  ["addStickerToSet", { ...set }, "STICKERSET_INVALID"],
  ["getFile", {}, "file_id not specified"],
  ["sendChatAction", to, "wrong parameter action in request"],
  // The fault in the content is told before that in the chat.
  ["sendMessage", { chat_id: 5 }, "message text is empty"],
  ["sendPhoto", { chat_id: 5 }, "there is no photo in the request"],
  ["sendInvoice", { chat_id: 5 }, 'parameter "title" is required'],
  ["sendPoll", { chat_id: 5, options: "null" }, "expected an Array of String as options"],
  ["sendContact", { chat_id: 5 }, 'parameter "phone_number" is required'],
  ["sendMessage", { chat_id: 5, text: "x", reply_markup: "7" }, "object expected as reply markup"],
  [
    "sendMessage",
    { chat_id: 5, text: "x", reply_parameters: "7" },
    "object expected as reply parameters",
  ],
  // Keyboards.
  [
    "sendMessage",
    { ...to, text: "x", reply_markup: "{" },
    "can't parse reply keyboard markup JSON object",
  ],
  ["sendMessage", { ...to, text: "x", reply_markup: [] }, "object expected as reply markup"],
  [
    "sendMessage",
    { ...to, text: "x", reply_markup: { keyboard: 1 } },
    'field "keyboard" must be of type Array',
  ],
  [
    "sendMessage",
    { ...to, text: "x", reply_markup: { keyboard: [1] } },
    'field "keyboard" must be an Array of Arrays',
  ],
  [
    "sendMessage",
    { ...to, text: "x", reply_markup: { inline_keyboard: {} } },
    'field "inline_keyboard" must be of type Array',
  ],
  [
    "sendMessage",
    { ...to, text: "x", reply_markup: { inline_keyboard: ["a"] } },
    'field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays',
  ],
  ...[
    [5, "InlineKeyboardButton must be an Object"],
    [{}, finds("text")],
    [{ text: [] }, is("text", "String")],
    [{ text: "a" }, "Text buttons are unallowed in the inline keyboard"],
    [{ text: "a", url: "" }, "Text buttons are unallowed in the inline keyboard"],
    [{ text: "a", url: {} }, is("url", "String")],
    [{ text: "a", callback_data: true }, is("callback_data", "String")],
    [{ text: "a", switch_inline_query: [] }, is("switch_inline_query", "String")],
    [
      { text: "a", switch_inline_query_current_chat: [] },
      is("switch_inline_query_current_chat", "String"),
    ],
    [
      { text: "a", switch_inline_query_chosen_chat: 1 },
      is("switch_inline_query_chosen_chat", "Object"),
    ],
    [{ text: "a", switch_inline_query_chosen_chat: { query: [] } }, is("query", "String")],
    [
      { text: "a", switch_inline_query_chosen_chat: { allow_bot_chats: 1 } },
      is("allow_bot_chats", "Boolean"),
    ],
    [{ text: "a", login_url: "x" }, is("login_url", "Object")],
    [{ text: "a", login_url: {} }, finds("url")],
    [
      { text: "a", login_url: { url: "x", request_write_access: "y" } },
      is("request_write_access", "Boolean"),
    ],
    [
      { text: "a", login_url: { url: "x", bot_username: "a b" } },
      "LoginUrl bot username is invalid",
    ],
    [{ text: "a", web_app: "x" }, is("web_app", "Object")],
    [{ text: "a", web_app: {} }, finds("url")],
    [{ text: "a", copy_text: {} }, finds("text")],
    [{ text: "a", callback_data: "a", style: [] }, is("style", "String")],
  ].map(([button, text]): ErrorCase => [
    "sendMessage",
    { ...to, text: "x", ...keyboard(button) },
    `can't parse inline keyboard button: ${text as string}`,
  ]),
  ...[
    [key(5), "KeyboardButton must be a String or an Object"],
    [key({}), finds("text")],
    [key({ text: {} }), is("text", "String")],
    [key({ text: "a", request_contact: "x" }), is("request_contact", "Boolean")],
    [key({ text: "a", request_location: 1 }), is("request_location", "Boolean")],
    [key({ text: "a", request_poll: true }), is("request_poll", "Object")],
    [key({ text: "a", web_app: {} }), finds("url")],
    [key({ text: "a", request_users: 1 }), is("request_users", "Object")],
    [users({}), finds("request_id")],
    [users({ request_id: "x" }), is("request_id", "Number")],
    [users({ request_id: 1, user_is_bot: 1 }), is("user_is_bot", "Boolean")],
    [users({ request_id: 1, max_quantity: [] }), is("max_quantity", "Number")],
    [key({ text: "a", request_chat: [] }), is("request_chat", "Object")],
    [chats({ chat_is_channel: "x" }), is("chat_is_channel", "Boolean")],
    [chats({ bot_administrator_rights: 1 }), "ChatAdministratorRights must be an Object"],
    [
      chats({ user_administrator_rights: { can_pin_messages: 1 } }),
      is("can_pin_messages", "Boolean"),
    ],
  ].map(([markup, text]): ErrorCase => [
    "sendMessage",
    { ...to, text: "x", ...(markup as object) },
    `can't parse keyboard button: ${text as string}`,
  ]),
  ...["remove_keyboard", "selective", "force_reply", "resize_keyboard", "is_persistent"].map(
    (flag): ErrorCase => [
      "sendMessage",
      { ...to, text: "x", reply_markup: { [flag]: "x" } },
      `field "${flag}" must be of type Boolean`,
    ],
  ),
  [
    "sendMessage",
    { ...to, text: "x", reply_markup: { force_reply: true, input_field_placeholder: [] } },
    'field "input_field_placeholder" must be of type String',
  ],
  // Replies and link previews.
  ...[
    [{ quote: "x" }, 'can\'t find field "message_id"'],
    [{ message_id: "x" }, 'field "message_id" must be of type Number'],
    [{ message_id: 1, chat_id: [] }, 'field "chat_id" must be of type String'],
    [{ message_id: 1, quote: {} }, 'field "quote" must be of type String'],
    [
      { message_id: 1, allow_sending_without_reply: 1 },
      'field "allow_sending_without_reply" must be of type Boolean',
    ],
    [{ message_id: 1, quote_position: [] }, 'field "quote_position" must be of type Number'],
    [{ message_id: 999 }, "message to be replied not found"],
  ].map(([reply_parameters, text]): ErrorCase => [
    "sendMessage",
    { ...to, text: "x", reply_parameters },
    text as string,
  ]),
  [
    "sendMessage",
    { ...to, text: "x", reply_parameters: "{" },
    "can't parse reply parameters JSON object",
  ],
  [
    "sendMessage",
    { ...to, text: "x", link_preview_options: "{" },
    "can't parse link preview options JSON object",
  ],
  [
    "sendMessage",
    { ...to, text: "x", link_preview_options: [] },
    "object expected as link preview options",
  ],
  [
    "sendMessage",
    { ...to, text: "x", link_preview_options: { is_disabled: 1 } },
    'field "is_disabled" must be of type Boolean',
  ],
  [
    "sendMessage",
    { ...to, text: "x", link_preview_options: { url: {} } },
    'field "url" must be of type String',
  ],
  // Texts and entities.
  ["sendMessage", { ...to, text: "x", parse_mode: "bbcode" }, "unsupported parse_mode"],
  ["sendMessage", { ...to, text: "x".repeat(32_769) }, "text is too long"],
  ["sendMessage", { ...to, text: "x".repeat(4097) }, "message is too long"],
  ...[
    [5, "expected an Object"],
    [{ type: "bold" }, finds("offset")],
    [{ type: "bold", offset: 0 }, finds("length")],
    [{ offset: 0, length: 1 }, finds("type")],
    [{ ...bold, offset: "x" }, is("offset", "Number")],
    [{ ...bold, type: "" }, "Type is not specified"],
    [{ ...bold, type: "loud" }, "Unsupported type specified"],
    [{ ...bold, type: "text_link" }, finds("url")],
    [{ ...bold, type: "text_mention" }, finds("user")],
    [{ ...bold, type: "text_mention", user: 5 }, is("user", "Object")],
    [{ ...bold, type: "custom_emoji" }, finds("custom_emoji_id")],
  ].map(([fields, text]): ErrorCase => [
    "sendMessage",
    { ...to, ...entity(fields) },
    `can't parse MessageEntity: ${text as string}`,
  ]),
  // Files in JSON.
  ["sendMediaGroup", { ...to, media: "{" }, "can't parse media JSON object"],
  ["sendMediaGroup", { ...to, media: {} }, "expected an Array of InputMedia"],
  ["editMessageMedia", { ...to, message_id: 1, media: "{" }, "can't parse input media JSON object"],
  [
    "editMessageMedia",
    { ...to, message_id: 1, media: [] },
    "can't parse InputMedia: expected an Object",
  ],
  ...[
    [5, "expected an Object"],
    [{ type: "photo" }, "media not found"],
    [{ type: "photo", media: "attach://none" }, "media not found"],
    [{ media: "a" }, finds("type")],
    [{ type: "poem", media: "a" }, 'type "poem" is unsupported'],
    [{ type: "animation", media: "a" }, 'type "animation" can\'t be used in sendMediaGroup'],
    [{ type: "photo", media: "a", caption: [] }, is("caption", "String")],
    [{ type: "photo", media: "a", has_spoiler: "x" }, is("has_spoiler", "Boolean")],
    [{ type: "video", media: "a", width: "x" }, is("width", "Number")],
  ].map(([item, text]): ErrorCase => [
    "sendMediaGroup",
    media(item),
    `can't parse InputMedia: ${text as string}`,
  ]),
  // Polls.
  ["sendPoll", poll, "can't parse options JSON object"],
  ["sendPoll", { ...poll, options: "{" }, "can't parse options JSON object"],
  ["sendPoll", { ...poll, options: {} }, "expected an Array of String as options"],
  ["sendPoll", { ...poll, options: [5] }, "expected an option to be of type String"],
  ["sendPoll", { ...poll, options: [{}] }, 'can\'t find field "text"'],
  ["sendPoll", { ...poll, options: ["a"], type: "exam" }, "unsupported poll type specified"],
  ["sendPoll", { ...poll, question: "", options: ["a"] }, "poll question must be non-empty"],
  // Invoices.
  ["sendInvoice", { ...to, ...invoice, prices: "{" }, "can't parse prices JSON object"],
  ["sendInvoice", { ...to, ...invoice, prices: {} }, "expected an Array of labeled prices"],
  ["sendInvoice", { ...to, ...invoice, prices: [] }, "there must be at least one price"],
  ["sendInvoice", priced(5), "can't parse labeled price: LabeledPrice must be an Object"],
  ["sendInvoice", priced({ amount: 1 }), `can't parse labeled price: ${finds("label")}`],
  [
    "sendInvoice",
    priced({ label: "", amount: 1 }),
    "can't parse labeled price: LabeledPrice label must be non-empty",
  ],
  ["sendInvoice", priced({ label: "a" }), `can't parse labeled price: ${finds("amount")}`],
  [
    "sendInvoice",
    priced({ label: "a", amount: [] }),
    `can't parse labeled price: ${is("amount", "Number")}`,
  ],
  [
    "sendInvoice",
    { ...priced({ label: "a", amount: 1 }), max_tip_amount: "x" },
    'can\'t parse "max_tip_amount" as Number',
  ],
  [
    "sendInvoice",
    { ...priced({ label: "a", amount: 1 }), suggested_tip_amounts: "{" },
    "can't parse suggested_tip_amounts JSON object",
  ],
  [
    "sendInvoice",
    { ...priced({ label: "a", amount: 1 }), suggested_tip_amounts: {} },
    "expected an Array of suggested tip amounts",
  ],
  [
    "answerShippingQuery",
    shipping(5),
    "can't parse shipping option: ShippingOption must be an Object",
  ],
  [
    "answerShippingQuery",
    shipping({ ...option, id: undefined }),
    `can't parse shipping option: ${finds("id")}`,
  ],
  [
    "answerShippingQuery",
    shipping({ ...option, prices: 1 }),
    `can't parse shipping option: ${is("prices", "Array")}`,
  ],
]
