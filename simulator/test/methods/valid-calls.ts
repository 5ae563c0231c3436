import { richCalls } from "./rich-calls.js"
import type { Message, Update } from "@grammyjs/types"
import {
  article,
  checklist,
  gifted,
  giftId,
  inOffice,
  inShop,
  managedBotCalls,
  managing,
  storyOf,
  subscriptionLink,
} from "./account-calls.js"
import {
  emojiPng,
  invoice,
  png,
  stickerPng,
  type MethodStage,
  type Parameters,
} from "./method-stage.js"

export { methodStage, png, stickerPng, type MethodStage, type Parameters } from "./method-stage.js"

type MakeCall = (stage: MethodStage) => Parameters | Promise<Parameters>

const toAda: MakeCall = ({ ada }) => ({ chat_id: ada.id })
const to =
  (more: Parameters): MakeCall =>
  (stage) => ({ chat_id: stage.ada.id, ...more })

async function said(stage: MethodStage, method: string, more: Parameters): Promise<Parameters> {
  const sent = (await stage.call(method, { chat_id: stage.ada.id, ...more })) as Message
  return { chat_id: stage.ada.id, message_id: sent.message_id }
}

const onMessage =
  (
    more: Parameters = {},
    method = "sendMessage",
    content: Parameters = { text: "Hello" },
  ): MakeCall =>
  async (stage) => ({ ...(await said(stage, method, content)), ...more })

async function heard(stage: MethodStage): Promise<Parameters> {
  const { message_id } = await stage.ada.send(stage.bot, "Hello")
  return { chat_id: stage.ada.id, from_chat_id: stage.ada.id, message_id }
}

function club(stage: MethodStage, more: Parameters = {}) {
  const { telegram, ada, bot } = stage
  const bob = telegram.user({ first_name: "Bob" })
  const group = telegram.supergroup({ title: "Club", is_forum: true }, ada, bob, bot)
  void ada.promote(group, bot)
  return { group, bob, chat_id: group.id, ...more }
}

const inClub =
  (more: Parameters = {}): MakeCall =>
  (stage) => ({ chat_id: club(stage).chat_id, ...more })

/** Returns a call for an ephemeral message that the bot has sent. */
const whispered =
  (more: Parameters, method = "sendMessage", content: Parameters = { text: "Hello" }): MakeCall =>
  async (stage) => {
    const { chat_id, bob } = club(stage)
    const ephemeral_message_parameters = { receiver_user_id: bob.id }
    const parameters = { chat_id, ephemeral_message_parameters, ...content }
    const { ephemeral_message_id } = (await stage.call(method, parameters)) as Message
    return { chat_id, receiver_user_id: bob.id, ephemeral_message_id, ...more }
  }

const onBob =
  (more: Parameters = {}): MakeCall =>
  (stage) => {
    const { chat_id, bob } = club(stage)
    return { chat_id, user_id: bob.id, ...more }
  }

const inTopic =
  (more: Parameters = {}): MakeCall =>
  async (stage) => {
    const { group, chat_id } = club(stage)
    return { chat_id, message_thread_id: (await stage.ada.createTopic(group, "News")).id, ...more }
  }

const inClosedTopic: MakeCall = async (stage) => {
  const place = await inTopic()(stage)
  await stage.call("closeForumTopic", place)
  return place
}

const poll = { question: "Tea?", options: ["Yes", "No"] }
const location = { latitude: 1, longitude: 2 }
const stickerFile = { sticker: "attach://file", format: "static", emoji_list: ["🙂"] }
const setName = "tea_by_stage_bot"

const inSet =
  (more: (file: string) => Parameters, type = "regular"): MakeCall =>
  async (stage) => {
    const user = { user_id: stage.ada.id, name: setName }
    const made = {
      ...user,
      title: "Tea",
      sticker_type: type,
      file: type === "custom_emoji" ? emojiPng : stickerPng,
    }
    await stage.call("createNewStickerSet", { ...made, stickers: [stickerFile] })
    const set = (await stage.call("getStickerSet", { name: setName })) as {
      stickers: readonly { file_id: string; custom_emoji_id?: string }[]
    }
    const [sticker] = set.stickers
    return {
      ...more(sticker?.file_id ?? ""),
      ...(type === "custom_emoji" && { custom_emoji_id: sticker?.custom_emoji_id }),
    }
  }

async function asks(stage: MethodStage, kind: "shipping" | "checkout"): Promise<string> {
  const currency = kind === "shipping" ? { currency: "EUR", provider_token: "1:TEST:a" } : {}
  const sent = (await stage.call("sendInvoice", {
    chat_id: stage.ada.id,
    ...invoice,
    ...currency,
    is_flexible: kind === "shipping",
  })) as Message
  void stage.ada.pay(sent).catch(() => {})
  const updates = (await stage.call("getUpdates", { offset: -1 })) as Record<
    string,
    { id: string }
  >[]
  const query = updates.at(-1)?.[kind === "shipping" ? "shipping_query" : "pre_checkout_query"]
  return query?.id ?? ""
}

/** Returns a call for a widget that the bot has sent. */
const withWidget =
  (
    parametersOf: (message: WidgetMessage, stage: MethodStage) => Parameters | Promise<Parameters>,
  ) =>
  async (stage: MethodStage) => {
    const widget = { html: "<b>1</b>", is_shared: true, allow_queries: true }
    const sent = await stage.call("sendWidget", { chat_id: stage.ada.id, ...widget })
    return parametersOf(sent as WidgetMessage, stage)
  }

type WidgetMessage = Message & { readonly widget: { readonly id: string } }

/** A call of each supported method, which succeeds on a fresh {@link methodStage}. */
export const validCalls: Readonly<Record<string, MakeCall>> = {
  getMe: () => ({}),
  getUpdates: () => ({}),
  setWebhook: () => ({ url: "http://127.0.0.1:9/hook" }),
  deleteWebhook: () => ({}),
  getWebhookInfo: () => ({}),
  logOut: () => ({}),
  sendMessage: to({ text: "Hello" }),
  ...richCalls,
  sendLocation: to(location),
  sendVenue: to({ ...location, title: "Tea house", address: "1 Road" }),
  sendContact: to({ phone_number: "+1", first_name: "Bob" }),
  sendDice: toAda,
  sendPhoto: to({ photo: png }),
  sendLivePhoto: to({ live_photo: png, photo: png }),
  sendDocument: to({ document: png }),
  sendVideo: to({ video: png }),
  sendAudio: to({ audio: png }),
  sendVoice: to({ voice: png }),
  sendVideoNote: to({ video_note: png }),
  sendAnimation: to({ animation: png }),
  sendSticker: to({ sticker: stickerPng }),
  sendMediaGroup: to({
    media: [
      { type: "photo", media: "attach://a" },
      { type: "photo", media: "attach://a" },
    ],
    a: png,
  }),
  getFile: async (stage) => {
    const { photo = [] } = (await stage.call("sendPhoto", {
      chat_id: stage.ada.id,
      photo: png,
    })) as Message
    return { file_id: photo[0]?.file_id }
  },
  sendPoll: to(poll),
  forwardMessage: heard,
  copyMessage: async (stage) => {
    const { message_id } = await stage.ada.send(stage.bot, { photo: png })
    return { chat_id: stage.ada.id, from_chat_id: stage.ada.id, message_id }
  },
  forwardMessages: async (stage) => {
    const { message_id, ...chats } = await heard(stage)
    return { ...chats, message_ids: [message_id] }
  },
  copyMessages: async (stage) => {
    const { message_id, ...chats } = await heard(stage)
    return { ...chats, message_ids: [message_id] }
  },
  sendChatAction: to({ action: "typing" }),
  editMessageText: onMessage({ text: "Hello again" }),
  editMessageCaption: onMessage({ caption: "Look" }, "sendPhoto", { photo: png }),
  editMessageMedia: onMessage(
    { media: { type: "photo", media: "attach://a" }, a: stickerPng },
    "sendPhoto",
    { photo: png },
  ),
  editMessageReplyMarkup: onMessage({
    reply_markup: { inline_keyboard: [[{ text: "a", callback_data: "a" }]] },
  }),
  editMessageLiveLocation: onMessage({ latitude: 3, longitude: 4 }, "sendLocation", {
    ...location,
    live_period: 600,
  }),
  stopMessageLiveLocation: onMessage({}, "sendLocation", { ...location, live_period: 600 }),
  deleteMessage: onMessage(),
  editEphemeralMessageText: whispered({ text: "Bye" }),
  editEphemeralMessageCaption: whispered({ caption: "Look" }, "sendPhoto", { photo: png }),
  editEphemeralMessageMedia: whispered(
    { media: { type: "photo", media: "attach://a" }, a: stickerPng },
    "sendPhoto",
    { photo: png },
  ),
  editEphemeralMessageReplyMarkup: whispered({
    reply_markup: { inline_keyboard: [[{ text: "A", callback_data: "a" }]] },
  }),
  deleteEphemeralMessage: whispered({}),
  answerChatJoinRequestQuery: async (stage) => {
    const { group } = club(stage)
    const carl = stage.telegram.user({ first_name: "Carl" })
    await carl.requestToJoin(group)
    const updates = (await stage.call("getUpdates", {})) as Update[]
    const query_id = updates.at(-1)?.chat_join_request?.query_id
    return { chat_join_request_query_id: query_id, result: "approve" }
  },
  deleteMessages: async (stage) => {
    const { chat_id, message_id } = await said(stage, "sendMessage", { text: "Hello" })
    return { chat_id, message_ids: [message_id] }
  },
  pinChatMessage: onMessage(),
  unpinChatMessage: async (stage) => {
    const place = await said(stage, "sendMessage", { text: "Hello" })
    await stage.call("pinChatMessage", place)
    return place
  },
  unpinAllChatMessages: toAda,
  stopPoll: onMessage({}, "sendPoll", poll),
  setMessageReaction: onMessage({ reaction: [{ type: "emoji", emoji: "👍" }] }),
  answerCallbackQuery: async (stage) => {
    const reply_markup = { inline_keyboard: [[{ text: "a", callback_data: "a" }]] }
    await stage.call("sendMessage", { chat_id: stage.ada.id, text: "Press", reply_markup })
    await stage.ada.press(await stage.ada.hears(), "a")
    const updates = (await stage.call("getUpdates", { offset: -1 })) as {
      callback_query?: { id: string }
    }[]
    return { callback_query_id: updates[0]?.callback_query?.id }
  },
  answerInlineQuery: async (stage) => {
    await stage.ada.type("@stage_bot tea")
    const updates = (await stage.call("getUpdates", { offset: -1 })) as {
      inline_query?: { id: string }
    }[]
    return { inline_query_id: updates[0]?.inline_query?.id, results: [] }
  },
  sendInvoice: to(invoice),
  createInvoiceLink: () => invoice,
  answerShippingQuery: async (stage) => ({
    shipping_query_id: await asks(stage, "shipping"),
    ok: true,
    shipping_options: [{ id: "a", title: "A", prices: [{ label: "a", amount: 1 }] }],
  }),
  answerPreCheckoutQuery: async (stage) => ({
    pre_checkout_query_id: await asks(stage, "checkout"),
    ok: true,
  }),
  getChat: toAda,
  getChatMember: onBob(),
  getChatMemberCount: inClub(),
  getChatAdministrators: inClub(),
  leaveChat: inClub(),
  banChatMember: onBob(),
  unbanChatMember: onBob(),
  restrictChatMember: onBob({ permissions: {} }),
  promoteChatMember: onBob({ can_invite_users: true }),
  setChatAdministratorCustomTitle: async (stage) => {
    const place = await onBob()(stage)
    await stage.call("promoteChatMember", { ...place, can_invite_users: true })
    return { ...place, custom_title: "Cook" }
  },
  setChatTitle: inClub({ title: "Tea club" }),
  setChatDescription: inClub({ description: "Tea" }),
  setChatPhoto: inClub({ photo: png }),
  deleteChatPhoto: async (stage) => {
    const place = await inClub()(stage)
    await stage.call("setChatPhoto", { ...place, photo: png })
    return place
  },
  setChatPermissions: inClub({ permissions: {} }),
  exportChatInviteLink: inClub(),
  createChatInviteLink: inClub(),
  editChatInviteLink: async (stage) => {
    const place = await inClub()(stage)
    const { invite_link } = (await stage.call("createChatInviteLink", place)) as Parameters
    return { ...place, invite_link }
  },
  revokeChatInviteLink: async (stage) => {
    const place = await inClub()(stage)
    const { invite_link } = (await stage.call("createChatInviteLink", place)) as Parameters
    return { ...place, invite_link }
  },
  approveChatJoinRequest: (stage) => asking(stage),
  declineChatJoinRequest: (stage) => asking(stage),
  sendWidget: to({ html: "<b>1</b>" }),
  sendSharedWidget: withWidget(({ widget, chat }) => ({ chat_id: chat.id, widget_id: widget.id })),
  editMessageWidgetData: withWidget(({ message_id, chat }) => ({ chat_id: chat.id, message_id })),
  editSharedWidgetData: withWidget(({ widget }) => ({ widget_id: widget.id, public_data: "1" })),
  answerWidgetQuery: withWidget(async (message, { ada }) => ({
    widget_query_id: (await ada.queryWidget(message, "tap")).id,
  })),
  createForumTopic: inClub({ name: "Cakes" }),
  editForumTopic: inTopic({ name: "Cakes" }),
  closeForumTopic: inTopic(),
  reopenForumTopic: inClosedTopic,
  deleteForumTopic: inTopic(),
  unpinAllForumTopicMessages: inTopic(),
  editGeneralForumTopic: inClub({ name: "All" }),
  closeGeneralForumTopic: inClub(),
  reopenGeneralForumTopic: async (stage) => {
    const place = await inClub()(stage)
    await stage.call("closeGeneralForumTopic", place)
    return place
  },
  hideGeneralForumTopic: inClub(),
  unhideGeneralForumTopic: async (stage) => {
    const place = await inClub()(stage)
    await stage.call("hideGeneralForumTopic", place)
    return place
  },
  unpinAllGeneralForumTopicMessages: inClub(),
  getForumTopicIconStickers: () => ({}),
  getStickerSet: inSet(() => ({ name: setName })),
  getCustomEmojiStickers: () => ({ custom_emoji_ids: [] }),
  uploadStickerFile: ({ ada }) => ({
    user_id: ada.id,
    sticker: stickerPng,
    sticker_format: "static",
  }),
  createNewStickerSet: ({ ada }) => ({
    user_id: ada.id,
    name: setName,
    title: "Tea",
    stickers: [stickerFile],
    file: stickerPng,
  }),
  addStickerToSet: async (stage) => ({
    user_id: stage.ada.id,
    ...(await inSet(() => ({ name: setName, sticker: stickerFile, file: stickerPng }))(stage)),
  }),
  deleteStickerSet: inSet(() => ({ name: setName })),
  setStickerPositionInSet: inSet((sticker) => ({ sticker, position: 0 })),
  deleteStickerFromSet: inSet((sticker) => ({ sticker })),
  replaceStickerInSet: async (stage) => ({
    user_id: stage.ada.id,
    ...(await inSet((old_sticker) => ({
      name: setName,
      old_sticker,
      sticker: stickerFile,
      file: stickerPng,
    }))(stage)),
  }),
  setStickerEmojiList: inSet((sticker) => ({ sticker, emoji_list: ["🙂"] })),
  setStickerKeywords: inSet((sticker) => ({ sticker, keywords: ["tea"] })),
  setStickerMaskPosition: inSet((sticker) => ({ sticker }), "mask"),
  setStickerSetTitle: inSet(() => ({ name: setName, title: "Cakes" })),
  setStickerSetThumbnail: async (stage) => ({
    user_id: stage.ada.id,
    ...(await inSet(() => ({ name: setName, format: "static" }))(stage)),
  }),
  setCustomEmojiStickerSetThumbnail: inSet(() => ({ name: setName }), "custom_emoji"),
  sendGame: to({ game_short_name: "chess" }),
  setGameScore: async (stage) => {
    const place = await said(stage, "sendGame", { game_short_name: "chess" })
    return { ...place, user_id: stage.ada.id, score: 5 }
  },
  getGameHighScores: async (stage) => {
    const place = await said(stage, "sendGame", { game_short_name: "chess" })
    return { ...place, user_id: stage.ada.id }
  },
  setMyCommands: () => ({ commands: [{ command: "tea", description: "Tea" }] }),
  getMyCommands: () => ({}),
  deleteMyCommands: () => ({}),
  setMyName: () => ({ name: "Tea" }),
  getMyName: () => ({}),
  setMyDescription: () => ({ description: "Tea" }),
  getMyDescription: () => ({}),
  setMyShortDescription: () => ({ short_description: "Tea" }),
  getMyShortDescription: () => ({}),
  setChatMenuButton: () => ({ menu_button: { type: "default" } }),
  getChatMenuButton: () => ({}),
  setMyDefaultAdministratorRights: () => ({ rights: { can_invite_users: true } }),
  getMyDefaultAdministratorRights: () => ({}),
  getMyStarBalance: () => ({}),
  getStarTransactions: () => ({}),
  refundStarPayment: async (stage) => ({
    user_id: stage.ada.id,
    telegram_payment_charge_id: await paidInStars(stage),
  }),
  getBusinessConnection: async (stage) => {
    const { business_connection_id } = await inOffice(stage)
    return { business_connection_id }
  },
  readBusinessMessage: (stage) => inOffice(stage),
  deleteBusinessMessages: async (stage) => {
    const { business_connection_id, message_id } = await inOffice(stage)
    return { business_connection_id, message_ids: [message_id] }
  },
  editUserStarSubscription: async (stage) => ({
    user_id: stage.ada.id,
    telegram_payment_charge_id: await subscribed(stage),
    is_canceled: true,
  }),
  banChatSenderChat: asChannel,
  unbanChatSenderChat: asChannel,
  setChatStickerSet: async (stage) => {
    await inSet(() => ({}))(stage)
    return { ...(await inClub()(stage)), sticker_set_name: setName }
  },
  deleteChatStickerSet: inClub(),
  setChatMemberTag: onBob({ tag: "Cook" }),
  getUserChatBoosts: onBob(),
  deleteMessageReaction: (stage) => reacted(stage),
  deleteAllMessageReactions: async (stage) => {
    const { message_id: _, ...place } = await reacted(stage)
    return place
  },
  createChatSubscriptionInviteLink: (stage) => subscriptionLink(stage),
  editChatSubscriptionInviteLink: async (stage) => {
    const terms = await subscriptionLink(stage)
    const { invite_link } = (await stage.call(
      "createChatSubscriptionInviteLink",
      terms,
    )) as Parameters
    return { chat_id: terms["chat_id"], invite_link, name: "Tea" }
  },
  ...managedBotCalls,
  verifyUser: ({ ada }) => ({ user_id: ada.id }),
  removeUserVerification: ({ ada }) => ({ user_id: ada.id }),
  verifyChat: inClub(),
  removeChatVerification: inClub(),
  setMyProfilePhoto: () => ({ photo: { type: "static", photo: "attach://f" }, f: png }),
  removeMyProfilePhoto: async (stage) => {
    const photo = { type: "static", photo: "attach://f" }
    await stage.call("setMyProfilePhoto", { photo, f: png })
    return {}
  },
  setUserEmojiStatus: ({ ada, bot }) => {
    ada.setPremium()
    ada.allowEmojiStatus(bot)
    return { user_id: ada.id, emoji_status_custom_emoji_id: "5312536423851630001" }
  },
  getUserProfileAudios: ({ ada }) => ({ user_id: ada.id }),
  getUserPersonalChatMessages: ({ ada, telegram }) => {
    ada.setPersonalChat(telegram.channel({ title: "News" }, ada))
    return { user_id: ada.id }
  },
  setMySettings: () => ({ can_join_groups: true }),
  setBusinessAccountName: managing({ first_name: "Ada" }),
  setBusinessAccountUsername: managing({ username: "ada_cook" }),
  setBusinessAccountBio: managing({ bio: "Cook" }),
  setBusinessAccountProfilePhoto: managing({
    photo: { type: "static", photo: "attach://f" },
    f: png,
  }),
  removeBusinessAccountProfilePhoto: (stage) => {
    stage.ada.setPhoto(png)
    return managing({})(stage)
  },
  setBusinessAccountGiftSettings: managing({
    show_gift_button: true,
    accepted_gift_types: { unlimited_gifts: true },
  }),
  getBusinessAccountStarBalance: managing({}),
  transferBusinessAccountStars: async (stage) => {
    await stage.call("convertGiftToStars", await gifted(stage, 3))
    return managing({ star_count: 5 })(stage)
  },
  getBusinessAccountGifts: managing({}),
  convertGiftToStars: (stage) => gifted(stage, 3),
  upgradeGift: (stage) => gifted(stage, 4, { pay_for_upgrade: true }),
  transferGift: async (stage) => {
    const unique = await gifted(stage, 4, { pay_for_upgrade: true })
    await stage.call("convertGiftToStars", await gifted(stage, 3))
    await stage.call("upgradeGift", unique)
    const bob = stage.telegram.user({ first_name: "Bob" })
    return { ...unique, new_owner_chat_id: bob.id, star_count: 25 }
  },
  getAvailableGifts: () => ({}),
  sendGift: async (stage) => ({ user_id: stage.ada.id, gift_id: await giftId(stage, 0) }),
  giftPremiumSubscription: ({ ada }) => ({ user_id: ada.id, month_count: 3, star_count: 1000 }),
  getUserGifts: ({ ada }) => ({ user_id: ada.id }),
  getChatGifts: ({ ada, bot, telegram }) => ({
    chat_id: telegram.channel({ title: "News" }, ada, bot).id,
  }),
  postStory: (stage) => storyOf(stage),
  repostStory: async (stage) => {
    const posted = await storyOf(stage)
    const { id, chat } = (await stage.call("postStory", posted)) as Message["story"] & object
    const { business_connection_id } = posted
    return {
      ...{ business_connection_id, from_chat_id: chat.id, from_story_id: id },
      active_period: 86_400,
    }
  },
  editStory: async (stage) => {
    const posted = await storyOf(stage)
    const { id } = (await stage.call("postStory", posted)) as Message["story"] & object
    const { active_period: _, ...content } = posted
    return { ...content, story_id: id }
  },
  deleteStory: async (stage) => {
    const posted = await storyOf(stage)
    const { id } = (await stage.call("postStory", posted)) as Message["story"] & object
    return { business_connection_id: posted["business_connection_id"], story_id: id }
  },
  answerWebAppQuery: async (stage) => {
    const web_app = { url: "https://example.com/app" }
    const reply_markup = { inline_keyboard: [[{ text: "App", web_app }]] }
    await stage.call("sendMessage", { chat_id: stage.ada.id, text: "Open", reply_markup })
    const opened = stage.ada.open(await stage.ada.hears(), "App") as { queryId?: string }
    return { web_app_query_id: opened.queryId, result: article }
  },
  answerGuestQuery: async (stage) => {
    const group = stage.telegram.supergroup({ title: "Club" }, stage.ada)
    await stage.ada.summon(group, stage.bot, "tea?")
    const updates = (await stage.call("getUpdates", { offset: -1 })) as Update[]
    return { guest_query_id: updates[0]?.guest_message?.guest_query_id, result: article }
  },
  savePreparedInlineMessage: ({ ada }) => ({
    user_id: ada.id,
    result: article,
    allow_user_chats: true,
  }),
  savePreparedKeyboardButton: ({ ada }) => ({
    user_id: ada.id,
    button: { text: "Bots", request_users: { request_id: 1 } },
  }),
  sendChatJoinRequestWebApp: async (stage) => {
    const { chat_join_request_query_id } = await validCalls["answerChatJoinRequestQuery"]!(stage)
    return { chat_join_request_query_id, web_app_url: "https://example.com/join" }
  },
  sendChecklist: async (stage) => ({ ...(await inShop(stage)), checklist }),
  editMessageChecklist: async (stage) => {
    const place = await inShop(stage)
    const { message_id } = (await stage.call("sendChecklist", { ...place, checklist })) as Message
    return { ...place, message_id, checklist: { ...checklist, title: "Today" } }
  },
  sendPaidMedia: to({ star_count: 5, media: [{ type: "photo", media: "attach://a" }], a: png }),
  getUserProfilePhotos: ({ ada }) => ({ user_id: ada.id }),
}

function asChannel(stage: MethodStage): Parameters {
  const { chat_id } = club(stage)
  return { chat_id, sender_chat_id: stage.telegram.channel({ title: "News" }, stage.ada).id }
}

async function reacted(stage: MethodStage): Promise<Parameters> {
  const { group, chat_id, bob } = club(stage)
  const message = await stage.ada.send(group, "Tea?")
  await bob.react(message, "👍")
  return { chat_id, message_id: message.message_id, user_id: bob.id }
}

async function paidInStars(stage: MethodStage): Promise<string | undefined> {
  const { chat_id } = await toAda(stage)
  return charged(stage, (await stage.call("sendInvoice", { chat_id, ...invoice })) as Message)
}

async function subscribed(stage: MethodStage): Promise<string | undefined> {
  const link = { ...invoice, subscription_period: 2_592_000 }
  return charged(stage, (await stage.call("createInvoiceLink", link)) as string)
}

async function charged(stage: MethodStage, sent: Message | string): Promise<string | undefined> {
  const paid = stage.ada.pay(sent)
  const updates = (await stage.call("getUpdates", { offset: -1 })) as {
    pre_checkout_query?: { id: string }
  }[]
  const pre_checkout_query_id = updates.at(-1)?.pre_checkout_query?.id
  await stage.call("answerPreCheckoutQuery", { pre_checkout_query_id, ok: true })
  const payment = await paid
  return payment.ok ? payment.message.successful_payment?.telegram_payment_charge_id : undefined
}

async function asking(stage: MethodStage): Promise<Parameters> {
  const { group, chat_id } = club(stage)
  const eve = stage.telegram.user({ first_name: "Eve" })
  await eve.requestToJoin(group)
  return { chat_id, user_id: eve.id }
}
