import { finds, is, to, type ErrorCase } from "./error-case.js"

const place = { latitude: 1, longitude: 2 }
const user = { user_id: "ADA" }
const result = (fields: object) => ({ inline_query_id: "1", results: [fields] })
const article = { type: "article", id: "1", title: "A" }
const scope = (fields: unknown) => ({ scope: fields, commands: [] })
const reaction = (value: unknown) => ({ ...to, message_id: 1, reaction: [value] })
const set = { ...user, name: "a_by_met_bot", title: "A" }
const input = { sticker: "attach://a", format: "static", emoji_list: ["🙂"] }
const stickers = (value: unknown) => ({ ...set, stickers: [value] })

/** Calls with invalid reactions, results of inline queries, settings and stickers. */
export const settingErrors: readonly ErrorCase[] = [
  // Reactions and identifiers.
  [
    "setMessageReaction",
    { ...to, message_id: 1, reaction: "{" },
    "can't parse reaction types JSON object",
  ],
  [
    "setMessageReaction",
    { ...to, message_id: 1, reaction: {} },
    "expected an Array of ReactionType",
  ],
  ["setMessageReaction", reaction(5), "can't parse ReactionType: expected an Object"],
  ["setMessageReaction", reaction({}), `can't parse ReactionType: ${finds("type")}`],
  [
    "setMessageReaction",
    reaction({ type: "emoji" }),
    `can't parse ReactionType: ${finds("emoji")}`,
  ],
  [
    "setMessageReaction",
    reaction({ type: "wave" }),
    "can't parse ReactionType: invalid reaction type specified",
  ],
  ["deleteMessages", { ...to, message_ids: "{" }, "can't parse message_ids JSON object"],
  ["deleteMessages", { ...to, message_ids: {} }, "expected an Array of message identifiers"],
  ["deleteMessages", { ...to, message_ids: [true] }, "message identifier must be a Number"],
  ["deleteMessages", { ...to, message_ids: ["x"] }, "can't parse message identifier as Number"],
  ["deleteMessages", { ...to, message_ids: [0] }, "invalid message identifier specified"],
  [
    "deleteMessages",
    { ...to, message_ids: Array(101).fill(1) },
    "too many message identifiers specified",
  ],
  [
    "getCustomEmojiStickers",
    { custom_emoji_ids: "{" },
    "can't parse custom emoji identifiers JSON object",
  ],
  [
    "getCustomEmojiStickers",
    { custom_emoji_ids: {} },
    "expected an Array of custom emoji identifiers",
  ],
  [
    "getCustomEmojiStickers",
    { custom_emoji_ids: [5] },
    "custom emoji identifier must be of type String",
  ],
  [
    "getCustomEmojiStickers",
    { custom_emoji_ids: ["x"] },
    "invalid custom emoji identifier specified",
  ],
  // Inline mode.
  ["answerInlineQuery", { results: "{" }, "can't parse JSON encoded inline query results"],
  ["answerInlineQuery", { results: {} }, "expected an Array of inline query results"],
  [
    "answerInlineQuery",
    { results: Array.from({ length: 51 }, () => article) },
    "too many inline query results specified",
  ],
  [
    "answerInlineQuery",
    { results: [], button: "{" },
    "can't parse inline query results button JSON object",
  ],
  [
    "answerInlineQuery",
    { results: [], button: [] },
    "can't parse inline query results button: InlineQueryResultsButton must be an Object",
  ],
  [
    "answerInlineQuery",
    { results: [], button: {} },
    `can't parse inline query results button: ${finds("text")}`,
  ],
  [
    "answerInlineQuery",
    { results: [], button: { text: "a" } },
    "can't parse inline query results button: InlineQueryResultsButton must have exactly one optional field",
  ],
  ...[
    [{}, finds("type")],
    [{ type: "article" }, finds("id")],
    [{ type: "poem", id: "1" }, 'type "poem" is unsupported for the inline query result'],
    [article, finds("message_text")],
    [{ ...article, input_message_content: "x" }, is("input_message_content", "Object")],
    [{ ...article, input_message_content: {} }, "Input message content is not specified"],
    [{ type: "photo", id: "1" }, finds("photo_file_id")],
    [{ type: "audio", id: "1", audio_url: "https://example.com/a.mp3" }, finds("title")],
    [
      { type: "document", id: "1", title: "A", document_url: "https://example.com/a" },
      finds("mime_type"),
    ],
    [{ type: "video", id: "1" }, finds("title")],
    [{ type: "contact", id: "1", phone_number: "1" }, finds("first_name")],
    [{ type: "location", id: "1" }, finds("latitude")],
    [{ type: "venue", id: "1", ...place, title: "A" }, finds("address")],
    [{ type: "game", id: "1" }, finds("game_short_name")],
    [{ type: "gif", id: "1", gif_file_id: "a", gif_width: "x" }, is("gif_width", "Number")],
    [{ type: "photo", id: "1", photo_file_id: "a", reply_markup: 1 }, is("reply_markup", "Object")],
  ].map(([fields, text]): ErrorCase => [
    "answerInlineQuery",
    result(fields as object),
    `can't parse inline query result: ${text as string}`,
  ]),
  // Commands, menus and rights.
  ["setMyCommands", { commands: "{" }, "can't parse commands JSON object"],
  ["setMyCommands", { commands: {} }, "expected an Array of BotCommand"],
  ["setMyCommands", { commands: [5] }, "can't parse BotCommand: expected an Object"],
  ["setMyCommands", { commands: [{}] }, `can't parse BotCommand: ${finds("command")}`],
  [
    "setMyCommands",
    { commands: [{ command: "a" }] },
    `can't parse BotCommand: ${finds("description")}`,
  ],
  [
    "setMyCommands",
    { commands: [{ command: "a", description: [] }] },
    `can't parse BotCommand: ${is("description", "String")}`,
  ],
  ["setMyCommands", { commands: [{ command: "A", description: "a" }] }, "BOT_COMMAND_INVALID"],
  ["setMyCommands", scope("{"), "can't parse BotCommandScope JSON object"],
  ["setMyCommands", scope("5"), "can't parse BotCommandScope: BotCommandScope must be an Object"],
  ["setMyCommands", scope({}), `can't parse BotCommandScope: ${finds("type")}`],
  [
    "setMyCommands",
    scope({ type: "moon" }),
    "can't parse BotCommandScope: Unsupported type specified",
  ],
  ["setMyCommands", scope({ type: "chat" }), `can't parse BotCommandScope: ${finds("chat_id")}`],
  [
    "setMyCommands",
    scope({ type: "chat", chat_id: "" }),
    "can't parse BotCommandScope: Empty chat_id specified",
  ],
  [
    "setMyCommands",
    scope({ type: "chat_member", chat_id: 1, user_id: 0 }),
    "can't parse BotCommandScope: Invalid user_id specified",
  ],
  ["setChatMenuButton", { menu_button: "{" }, "can't parse menu button JSON object"],
  [
    "setChatMenuButton",
    { menu_button: [] },
    "can't parse menu button: MenuButton must be an Object",
  ],
  [
    "setChatMenuButton",
    { menu_button: { type: "moon" } },
    "can't parse menu button: MenuButton has unsupported type",
  ],
  [
    "setChatMenuButton",
    { menu_button: { type: "web_app" } },
    `can't parse menu button: ${finds("text")}`,
  ],
  [
    "setChatMenuButton",
    { menu_button: { type: "web_app", text: "a", web_app: {} } },
    `can't parse menu button: ${finds("url")}`,
  ],
  [
    "setMyDefaultAdministratorRights",
    { rights: "{" },
    "can't parse ChatAdministratorRights JSON object",
  ],
  [
    "setMyDefaultAdministratorRights",
    { rights: [] },
    "can't parse ChatAdministratorRights: ChatAdministratorRights must be an Object",
  ],
  [
    "setMyDefaultAdministratorRights",
    { rights: { can_pin_messages: 1 } },
    `can't parse ChatAdministratorRights: ${is("can_pin_messages", "Boolean")}`,
  ],
  ["setChatPermissions", { ...to, permissions: "{" }, "can't parse permissions JSON object"],
  ["setChatPermissions", { ...to, permissions: [] }, "object expected as permissions"],
  [
    "setChatPermissions",
    { ...to, permissions: { can_send_polls: "x" } },
    `can't parse chat permissions: ${is("can_send_polls", "Boolean")}`,
  ],
  [
    "restrictChatMember",
    { ...to, ...user, permissions: { can_send_messages: 1 } },
    `can't parse chat permissions: ${is("can_send_messages", "Boolean")}`,
  ],
  // Stickers.
  ["createNewStickerSet", { ...set, stickers: "{" }, "can't parse stickers JSON object"],
  ["createNewStickerSet", { ...set, stickers: {} }, "expected an Array of InputSticker"],
  [
    "createNewStickerSet",
    { ...set, stickers: Array.from({ length: 51 }, () => input) },
    "too many stickers specified",
  ],
  ["createNewStickerSet", stickers(5), "can't parse InputSticker: InputSticker must be an Object"],
  ["createNewStickerSet", stickers({}), "can't parse InputSticker: sticker not found"],
  [
    "createNewStickerSet",
    stickers({ ...input, sticker: "a", format: undefined }),
    `can't parse InputSticker: ${finds("format")}`,
  ],
  [
    "createNewStickerSet",
    stickers({ ...input, sticker: "a", format: "png" }),
    "can't parse InputSticker: Invalid sticker format specified",
  ],
  [
    "createNewStickerSet",
    stickers({ ...input, sticker: "a", emoji_list: 1 }),
    `can't parse InputSticker: ${is("emoji_list", "Array")}`,
  ],
  [
    "createNewStickerSet",
    stickers({ ...input, sticker: "a", emoji_list: [] }),
    "can't parse InputSticker: emoji list must be non-empty",
  ],
  [
    "createNewStickerSet",
    stickers({ ...input, sticker: "a", emoji_list: [5] }),
    "can't parse InputSticker: emoji must be a string",
  ],
  [
    "createNewStickerSet",
    stickers({ ...input, sticker: "a", emoji_list: ["a"] }),
    "can't parse InputSticker: expected a Unicode emoji",
  ],
  [
    "createNewStickerSet",
    stickers({ ...input, sticker: "a", mask_position: 5 }),
    "can't parse InputSticker: MaskPosition must be an Object",
  ],
  [
    "createNewStickerSet",
    stickers({ ...input, sticker: "a", keywords: [5] }),
    "can't parse InputSticker: keyword must be a string",
  ],
  ["setStickerEmojiList", { sticker: "a", emoji_list: "{" }, "can't parse emoji list JSON array"],
  [
    "setStickerEmojiList",
    { sticker: "a", emoji_list: {} },
    "can't parse emoji list: expected an Array of string",
  ],
  [
    "setStickerEmojiList",
    { sticker: "a", emoji_list: Array(21).fill("🙂") },
    "can't parse emoji list: too many emoji specified",
  ],
  [
    "setStickerMaskPosition",
    { sticker: "a", mask_position: "{" },
    "can't parse mask position JSON object",
  ],
  [
    "setStickerMaskPosition",
    { sticker: "a", mask_position: {} },
    `can't parse mask position: ${finds("point")}`,
  ],
  [
    "setStickerMaskPosition",
    { sticker: "a", mask_position: { point: "ear" } },
    "can't parse mask position: Wrong point specified in MaskPosition",
  ],
  [
    "setStickerMaskPosition",
    { sticker: "a", mask_position: { point: "eyes" } },
    `can't parse mask position: ${finds("x_shift")}`,
  ],
]
