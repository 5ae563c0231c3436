import type { Message } from "@grammyjs/types"
import { above, caption, place, sample, venue, venueIds, type FieldSample } from "./field-sample.js"
import { accountSamples } from "./account-samples.js"
import { richSamples } from "./rich-samples.js"
import { resultSamples } from "./result-samples.js"
import { png, stickerPng, validCalls, type Parameters } from "./valid-calls.js"

/** Fields that have an effect only together with another one. */
export const companions: Readonly<Record<string, Parameters>> = {
  parse_mode: { caption: "*Look*" },
  caption_entities: { caption: "*Look*" },
}

type See = FieldSample["see"]

/** Calls a method with the object in a parameter. */
const inCall =
  (method: string, wrap: (object: Parameters) => Parameters): See =>
  async (stage, object) => {
    const parameters = await validCalls[method]!(stage)
    return stage.call(method, { ...parameters, ...wrap(object) })
  }

const text = (wrap: (object: Parameters) => Parameters): See => inCall("sendMessage", wrap)

/** Shows an inline keyboard with the object as a button. */
const button = (values: Parameters): FieldSample =>
  sample(
    text((each) => ({ reply_markup: { inline_keyboard: [[{ text: "A", ...each }]] } })),
    {},
    values,
  )
const buttonWith = (name: string, base: Parameters, values: Parameters = {}): FieldSample =>
  sample(
    text((each) => ({ reply_markup: { inline_keyboard: [[{ text: "A", [name]: each }]] } })),
    base,
    values,
  )

/** Shows a keyboard with the object as a key, and taps it. */
const key =
  (
    wrap: (object: Parameters) => Parameters,
    how: "users" | "chat" | "app" | "poll" | "plain",
  ): See =>
  async (stage, object) => {
    const { ada, bot, telegram } = stage
    const bob = telegram.user({ first_name: "Bob", username: "bob" })
    bob.setPhoto(png)
    // The bot is no longer a member of Bob's public group, and Ada is no administrator.
    const group = telegram.supergroup({ title: "Club", username: "tea_club" }, bob, ada, bot)
    await bob.promote(group, bot)
    await stage.call("setChatPhoto", { chat_id: group.id, photo: png })
    await stage.call("leaveChat", { chat_id: group.id })
    const keyboard = [[{ text: "Tap", ...wrap(object) }]]
    await stage.call("sendMessage", { chat_id: ada.id, text: "x", reply_markup: { keyboard } })
    const options = {
      users: { users: [bob] },
      chat: { chat: group },
      app: { data: "1" },
      poll: { poll: { question: "?", options: ["a"] } },
      plain: {},
    }
    return ada.tap("Tap", options[how])
  }

const requestUsers = { request_id: 1 }
const requestChat = { request_id: 1, chat_is_channel: false }

/** Sends an album of two files, the object among them. */
const media: See = inCall("editMessageMedia", (object) => ({
  media: object,
  f: png,
  g: stickerPng,
}))
const file = { media: "attach://f" }
const film = { width: 7, height: 8, duration: 9, thumbnail: "attach://g" }

/** Sends a poll with the object in a parameter. */
const pollMedia: See = inCall("sendPoll", (object) => ({ media: object, f: png, g: stickerPng }))
const optionMedia: See = inCall("sendPoll", (object) => ({
  options: [{ text: "a", media: object }, "b"],
  f: stickerPng,
}))
const rights = (names: string): Parameters =>
  Object.fromEntries(names.split(" ").map((name) => [name, true]))

const permissionNames =
  "can_send_messages can_send_audios can_send_documents can_send_photos can_send_videos " +
  "can_send_video_notes can_send_voice_notes can_send_polls can_send_other_messages " +
  "can_add_web_page_previews can_react_to_messages can_change_info can_invite_users can_edit_tag " +
  "can_pin_messages can_manage_topics"
const rightNames =
  "is_anonymous can_manage_chat can_delete_messages can_manage_video_chats can_restrict_members " +
  "can_promote_members can_change_info can_invite_users can_manage_tags can_post_stories " +
  "can_edit_stories can_delete_stories can_post_messages can_edit_messages can_pin_messages " +
  "can_manage_topics can_manage_direct_messages can_send_welcome_messages"

/** A reply to Ada's message with a quote. */
const reply: See = async (stage, object) => {
  const { ada, bot } = stage
  const group = stage.telegram.supergroup({ title: "Club" }, ada, bot)
  await ada.promote(group, bot)
  const other = await ada.send(group, "Elsewhere")
  const said = await ada.send(bot, "tea tea *tea*")
  const bold = (await stage.call("sendMessage", {
    ...{ chat_id: ada.id, text: "tea *tea* tea", parse_mode: "MarkdownV2" },
  })) as Message
  const poll = (await stage.call("sendPoll", await validCalls["sendPoll"]!(stage))) as Message
  const isBold = "quote_parse_mode" in object || "quote_entities" in object
  const targets: Record<string, Parameters> = {
    chat_id: { message_id: other.message_id, chat_id: group.id },
    poll_option_id: { message_id: poll.message_id },
    allow_sending_without_reply: { message_id: 4000 },
    ephemeral_message_id: {},
  }
  const target = Object.keys(targets).find((name) => name in object)
  const named = target === undefined ? {} : targets[target]
  const usual = { message_id: isBold ? bold.message_id : said.message_id }
  const quote = isBold || "quote_position" in object ? { quote: "tea" } : {}
  const marked = "quote_parse_mode" in object ? { quote: "*tea*" } : quote
  return stage.call("sendMessage", {
    ...{
      chat_id: ada.id,
      text: "x",
      reply_parameters: { ...usual, ...marked, ...object, ...named },
    },
  })
}

/** A call of a bot that is no administrator, and may answer a press only. */
const whisper: See = async (stage, object) => {
  const { ada, bot, telegram } = stage
  const bob = telegram.user({ first_name: "Bob" })
  const group = telegram.supergroup({ title: "Club" }, ada, bob, bot)
  const reply_markup = { inline_keyboard: [[{ text: "A", callback_data: "a" }]] }
  const sent = (await stage.call("sendMessage", {
    ...{ chat_id: group.id, text: "Press", reply_markup },
  })) as Message
  const { id } = await bob.press(sent, "A")
  const press = object["callback_query_id"] === undefined ? {} : { callback_query_id: id }
  const to = object["receiver_user_id"] === undefined ? {} : { receiver_user_id: bob.id }
  const ephemeral_message_parameters = { ...object, ...press, ...to }
  return stage.call("sendMessage", {
    ...{ chat_id: group.id, text: "x", ephemeral_message_parameters },
  })
}

const entity = (type: string, base: Parameters = {}, values: Parameters = {}): FieldSample =>
  sample(
    text((object) => ({ entities: [{ offset: 0, length: 2, ...object }] })),
    { type, ...base },
    values,
  )

const command = { command: "tea", description: "Tea" }
const scope = (type: string, ids: Parameters = {}): FieldSample =>
  sample(
    async (stage, object) => {
      const named = Object.keys(ids).length > 0 ? { chat_id: stage.ada.id } : {}
      const whole = { ...object, ...named, ...("user_id" in ids && { user_id: stage.ada.id }) }
      await stage.call("setMyCommands", { scope: whole, commands: [command] })
      return stage.call("getMyCommands", { scope: whole })
    },
    { type, ...ids },
  )

const menu = (base: Parameters): FieldSample =>
  sample(async (stage, object) => {
    await stage.call("setChatMenuButton", { menu_button: object })
    return stage.call("getChatMenuButton", {})
  }, base)

const stickerOf: See = async (stage, object) => {
  const parameters = { ...(await validCalls["createNewStickerSet"]!(stage)), sticker_type: "mask" }
  const type = "mask_position" in object ? parameters : { ...parameters, sticker_type: "regular" }
  await stage.call("createNewStickerSet", { ...type, stickers: [object] })
  return stage.call("getStickerSet", { name: (parameters as Parameters)["name"] })
}

const mask = { point: "eyes", x_shift: 1, y_shift: 1, scale: 1 }

/** A sample of each object in the parameters of a supported method, by the name of its type. */
export const fieldSamples: Readonly<Record<string, FieldSample>> = {
  ...resultSamples,
  ...accountSamples,
  EphemeralMessageParameters: sample(
    whisper,
    {},
    { receiver_user_id: 0, callback_query_id: "", replace_callback_query_message: true },
  ),
  "MessageEntity.CommonMessageEntity": entity("bold"),
  "MessageEntity.CustomEmojiMessageEntity": entity("custom_emoji", { custom_emoji_id: "1" }),
  "MessageEntity.PreMessageEntity": entity("pre", {}, { language: "ts" }),
  "MessageEntity.TextLinkMessageEntity": entity("text_link", { url: "https://example.com" }),
  "MessageEntity.TextMentionMessageEntity": entity("text_mention", { user: { id: 1_000_001 } }),
  "MessageEntity.DateTimeMessageEntity": entity(
    "date_time",
    { unix_time: 5 },
    { date_time_format: "r" },
  ),
  ...richSamples,
  User: sample(
    text((user) => ({ entities: [{ offset: 0, length: 2, type: "text_mention", user }] })),
    { id: 1_000_001, is_bot: false, first_name: "Ada" },
  ),
  LinkPreviewOptions: sample(
    text((link_preview_options) => ({ link_preview_options })),
    {},
    {
      ...{ is_disabled: true, url: "https://example.com", prefer_small_media: true },
      ...{ prefer_large_media: true, show_above_text: true },
    },
  ),
  ReplyParameters: sample(
    reply,
    {},
    {
      ...{ message_id: 1, chat_id: 0, ephemeral_message_id: 1, checklist_task_id: 1 },
      ...{ poll_option_id: "0", allow_sending_without_reply: true, quote: "tea" },
      ...{ quote_parse_mode: "MarkdownV2", quote_position: 8 },
      quote_entities: [{ type: "bold", offset: 0, length: 3 }],
    },
  ),
  InlineKeyboardMarkup: sample(
    async (stage, reply_markup) => {
      const { ada, bot } = stage
      await stage.call("sendMessage", { chat_id: ada.id, text: "x", reply_markup })
      return ada.send(bot, "Hello")
    },
    { inline_keyboard: [[{ text: "A", callback_data: "a" }]] },
    { force_reply: true },
  ),
  "InlineKeyboardButton.CallbackButton": button({ callback_data: "a" }),
  "InlineKeyboardButton.GameButton": sample(
    inCall("sendGame", (each) => ({
      reply_markup: { inline_keyboard: [[{ text: "A", ...each }]] },
    })),
    {},
    { callback_game: {} },
  ),
  CallbackGame: buttonWith("callback_game", {}),
  "InlineKeyboardButton.LoginButton": button({ login_url: { url: "https://example.com" } }),
  LoginUrl: buttonWith("login_url", { url: "https://example.com" }),
  "InlineKeyboardButton.DisabledButtonButton": button({ disabled: {} }),
  DisabledButton: buttonWith("disabled", {}),
  "InlineKeyboardButton.PayButton": button({ pay: true }),
  "InlineKeyboardButton.SwitchInlineButton": button({ switch_inline_query: "a" }),
  "InlineKeyboardButton.SwitchInlineCurrentChatButton": button({
    switch_inline_query_current_chat: "a",
  }),
  "InlineKeyboardButton.SwitchInlineChosenChatButton": button({
    switch_inline_query_chosen_chat: {},
  }),
  SwitchInlineQueryChosenChat: buttonWith(
    "switch_inline_query_chosen_chat",
    {},
    {
      ...{ query: "a", allow_user_chats: true, allow_bot_chats: true },
      ...{ allow_group_chats: true, allow_channel_chats: true },
    },
  ),
  "InlineKeyboardButton.CopyTextButtonButton": button({ copy_text: { text: "a" } }),
  CopyTextButton: buttonWith("copy_text", {}, { text: "a" }),
  "InlineKeyboardButton.UrlButton": button({ url: "https://example.com" }),
  "InlineKeyboardButton.WebAppButton": button({ web_app: { url: "https://example.com" } }),
  WebAppInfo: buttonWith("web_app", {}, { url: "https://example.com" }),
  ReplyKeyboardMarkup: sample(
    async (stage, reply_markup) => {
      const { ada, bot } = stage
      const group = stage.telegram.group({ title: "Club" }, ada, bot)
      await stage.call("sendMessage", { chat_id: group.id, text: "x", reply_markup })
      return [await ada.send(group, "Hello"), await ada.tap("Tap")]
    },
    { keyboard: [["Tap"]] },
    { selective: true, force_reply: true },
  ),
  "KeyboardButton.CommonButton": sample(
    key((each) => each, "plain"),
    { text: "Tap" },
  ),
  "KeyboardButton.RequestUsersButton": sample(
    key((each) => each, "users"),
    {},
    { request_users: requestUsers },
  ),
  KeyboardButtonRequestUsers: sample(
    key((request_users) => ({ request_users }), "users"),
    requestUsers,
    {
      ...{ user_is_bot: true, user_is_premium: true, max_quantity: 0 },
      ...{ request_name: true, request_username: true, request_photo: true },
    },
  ),
  "KeyboardButton.RequestChatButton": sample(
    key((each) => each, "chat"),
    {},
    { request_chat: requestChat },
  ),
  KeyboardButtonRequestChat: sample(
    key((request_chat) => ({ request_chat }), "chat"),
    requestChat,
    {
      ...{ chat_is_forum: true, chat_has_username: false, chat_is_created: true },
      user_administrator_rights: { can_promote_members: true },
      ...{ bot_administrator_rights: { can_delete_messages: true } },
      ...{ bot_is_member: true, request_title: true, request_username: true },
      request_photo: true,
    },
  ),
  ChatAdministratorRights: sample(
    async (stage, object) => {
      const both = { ...object }
      await stage.call("setMyDefaultAdministratorRights", { rights: both })
      await stage.call("setMyDefaultAdministratorRights", { rights: both, for_channels: true })
      return [
        await stage.call("getMyDefaultAdministratorRights", {}),
        await stage.call("getMyDefaultAdministratorRights", { for_channels: true }),
      ]
    },
    {},
    rights(rightNames),
  ),
  "KeyboardButton.RequestContactButton": sample(
    key((each) => each, "plain"),
    {},
    { request_contact: true },
  ),
  "KeyboardButton.RequestLocationButton": sample(
    key((each) => each, "plain"),
    {},
    { request_location: true },
  ),
  "KeyboardButton.RequestPollButton": sample(
    key((each) => each, "poll"),
    {},
    { request_poll: {} },
  ),
  KeyboardButtonPollType: sample(
    key((request_poll) => ({ request_poll }), "poll"),
    {},
    { type: "quiz" },
  ),
  "KeyboardButton.RequestManagedBotButton": sample(
    key((each) => each, "plain"),
    {},
    { request_managed_bot: { request_id: 1 } },
  ),
  KeyboardButtonRequestManagedBot: sample(
    key((request_managed_bot) => ({ request_managed_bot }), "plain"),
    { request_id: 1, suggested_name: "A" },
    { suggested_username: "a_bot" },
  ),
  "KeyboardButton.WebAppButton": sample(
    key((each) => each, "app"),
    {},
    { web_app: { url: "https://example.com" } },
  ),
  ReplyKeyboardRemove: sample(
    async (stage, reply_markup) => {
      const { ada, bot } = stage
      const group = stage.telegram.group({ title: "Club" }, ada, bot)
      const to = { chat_id: group.id, text: "x" }
      await stage.call("sendMessage", { ...to, reply_markup: { keyboard: [["Tap"]] } })
      await stage.call("sendMessage", { ...to, reply_markup })
      return ada.tap("Tap")
    },
    { remove_keyboard: true },
    { selective: true },
  ),
  ForceReply: sample(
    async (stage, reply_markup) => {
      const { ada, bot } = stage
      const group = stage.telegram.group({ title: "Club" }, ada, bot)
      await stage.call("sendMessage", { chat_id: group.id, text: "x", reply_markup })
      return ada.send(group, "/tea")
    },
    { force_reply: true },
    { selective: true },
  ),
  InputMediaAnimation: sample(
    media,
    { type: "animation", ...file },
    { ...caption, ...film, ...above, has_spoiler: true },
  ),
  InputMediaAudio: sample(
    media,
    { type: "audio", ...file },
    { ...caption, thumbnail: "attach://g", duration: 9, performer: "A", title: "B" },
  ),
  InputMediaDocument: sample(
    media,
    { type: "document", ...file },
    { ...caption, thumbnail: "attach://g" },
  ),
  InputMediaPhoto: sample(
    media,
    { type: "photo", ...file },
    { ...caption, ...above, has_spoiler: true },
  ),
  InputMediaVideo: sample(
    media,
    { type: "video", ...file },
    {
      ...{ ...caption, ...film, ...above, has_spoiler: true },
      ...{ cover: "attach://g", start_timestamp: 3 },
    },
  ),
  InputMediaLivePhoto: sample(
    media,
    { type: "live_photo", ...file, photo: "attach://g" },
    { ...caption, ...above, has_spoiler: true },
  ),
  InputPollOption: sample(
    inCall("sendPoll", (object) => ({ options: [object, "b"], f: png })),
    { text: "*a*" },
    {
      text_parse_mode: "MarkdownV2",
      text_entities: [{ type: "custom_emoji", custom_emoji_id: "1", offset: 0, length: 1 }],
      media: { type: "photo", ...file },
    },
  ),
  InputMediaLink: sample(optionMedia, { type: "link", url: "https://example.com" }),
  InputMediaLocation: sample(pollMedia, { type: "location", ...place }, { horizontal_accuracy: 3 }),
  InputMediaSticker: sample(optionMedia, { type: "sticker", ...file }, { emoji: "🙂" }),
  InputMediaVenue: sample(pollMedia, { type: "venue", ...venue }, venueIds),
  ReactionTypeEmoji: sample(
    inCall("setMessageReaction", (each) => ({ reaction: [each] })),
    { type: "emoji", emoji: "👍" },
  ),
  ReactionTypeCustomEmoji: sample(
    inCall("setMessageReaction", (each) => ({ reaction: [each] })),
    { type: "custom_emoji", custom_emoji_id: "1" },
  ),
  ReactionTypePaid: sample(
    inCall("setMessageReaction", (each) => ({ reaction: [each] })),
    { type: "paid" },
  ),
  ChatPermissions: sample(
    async (stage, permissions) => {
      const group = await validCalls["setChatPermissions"]!(stage)
      await stage.call("setChatPermissions", { ...group, permissions })
      return stage.call("getChat", group)
    },
    {},
    rights(permissionNames),
  ),
  LabeledPrice: sample(
    inCall("sendInvoice", (price) => ({ prices: [price] })),
    { amount: 5, label: "Tea" },
  ),
  BotCommand: sample(
    async (stage, object) => {
      await stage.call("setMyCommands", { commands: [object] })
      return stage.call("getMyCommands", {})
    },
    command,
    { is_ephemeral: true },
  ),
  BotCommandScopeDefault: scope("default"),
  BotCommandScopeAllPrivateChats: scope("all_private_chats"),
  BotCommandScopeAllGroupChats: scope("all_group_chats"),
  BotCommandScopeAllChatAdministrators: scope("all_chat_administrators"),
  BotCommandScopeChat: scope("chat", { chat_id: 1 }),
  BotCommandScopeChatAdministrators: scope("chat_administrators", { chat_id: 1 }),
  BotCommandScopeChatMember: scope("chat_member", { chat_id: 1, user_id: 1 }),
  MenuButtonCommands: menu({ type: "commands" }),
  MenuButtonWebApp: menu({ type: "web_app", text: "A", web_app: { url: "https://example.com" } }),
  MenuButtonDefault: menu({ type: "default" }),
  InputSticker: sample(
    stickerOf,
    { sticker: "attach://file", format: "static", emoji_list: ["🙂"] },
    { mask_position: mask, keywords: "broken" },
  ),
  MaskPosition: sample(
    inCall("setStickerMaskPosition", (mask_position) => ({ mask_position })),
    mask,
  ),
  InlineQueryResultsButton: sample(
    async (stage, object) => {
      const { id: inline_query_id, answered } = await stage.ada.type("@stage_bot tea")
      await stage.call("answerInlineQuery", { inline_query_id, results: [], button: object })
      return (await answered).button
    },
    { text: "A" },
    { web_app: { url: "https://example.com" }, start_parameter: "a" },
  ),
  ShippingOption: sample(
    inCall("answerShippingQuery", (option) => ({ shipping_options: [option] })),
    { id: "a", title: "A", prices: [{ label: "a", amount: 1 }] },
  ),
}
