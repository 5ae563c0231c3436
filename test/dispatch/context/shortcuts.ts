import type { Context } from "../../../src/dispatch/index.js"

/** A call of one shortcut. */
export type Act = (ctx: Context<never>) => Promise<unknown>

/** The shortcuts that send a message. */
export const replies: Record<string, Act> = {
  reply: (ctx) => ctx.reply("x"),
  replyWithRichMessage: (ctx) => ctx.replyWithRichMessage({ html: "x" }),
  replyWithPhoto: (ctx) => ctx.replyWithPhoto("f"),
  replyWithLivePhoto: (ctx) => ctx.replyWithLivePhoto({ live_photo: "v", photo: "p" }),
  replyWithAudio: (ctx) => ctx.replyWithAudio("f"),
  replyWithDocument: (ctx) => ctx.replyWithDocument("f"),
  replyWithVideo: (ctx) => ctx.replyWithVideo("f"),
  replyWithAnimation: (ctx) => ctx.replyWithAnimation("f"),
  replyWithVoice: (ctx) => ctx.replyWithVoice("f"),
  replyWithVideoNote: (ctx) => ctx.replyWithVideoNote("f"),
  replyWithSticker: (ctx) => ctx.replyWithSticker("f"),
  replyWithMediaGroup: (ctx) => ctx.replyWithMediaGroup([]),
  replyWithGame: (ctx) => ctx.replyWithGame("g"),
  replyWithLocation: (ctx) => ctx.replyWithLocation({ latitude: 1, longitude: 2 }),
  replyWithVenue: (ctx) =>
    ctx.replyWithVenue({ latitude: 1, longitude: 2, title: "t", address: "a" }),
  replyWithContact: (ctx) => ctx.replyWithContact({ phone_number: "1", first_name: "A" }),
  replyWithPoll: (ctx) => ctx.replyWithPoll({ question: "q", options: [] }),
  replyWithPaidMedia: (ctx) => ctx.replyWithPaidMedia({ star_count: 1, media: [] }),
  replyWithDice: (ctx) => ctx.replyWithDice(),
  sendChatAction: (ctx) => ctx.sendChatAction("typing"),
  "respond(sendMessage)": (ctx) => ctx.respond("sendMessage", { text: "x" }),
}
const invoice = { title: "t", description: "d", payload: "p", currency: "XTR", prices: [] }
/** Methods that Telegram permits only in the bot's own chats. */
export const ownReplies: Record<string, Act> = {
  replyWithInvoice: (ctx) => ctx.replyWithInvoice(invoice),
  replyWithWidget: (ctx) => ctx.replyWithWidget("<p>x</p>"),
  replyWithSharedWidget: (ctx) => ctx.replyWithSharedWidget("5"),
  "respond(sendInvoice)": (ctx) => ctx.respond("sendInvoice", invoice),
}
/** The shortcuts that edit the message of the update. */
export const edits: Record<string, Act> = {
  edit: (ctx) => ctx.edit("x"),
  editCaption: (ctx) => ctx.editCaption("x"),
  editMedia: (ctx) => ctx.editMedia({ type: "photo", media: "f" }),
  editReplyMarkup: (ctx) => ctx.editReplyMarkup(),
  editWidgetData: (ctx) => ctx.editWidgetData({ chat_data: "1" }),
  "respond(editMessageText)": (ctx) => ctx.respond("editMessageText", { text: "x" }),
}
/** The shortcuts that pin the message of the update, and unpin it. */
export const pins: Record<string, Act> = { pin: (ctx) => ctx.pin(), unpin: (ctx) => ctx.unpin() }
/** The shortcuts that act on a message of the bot's own chats. */
export const ownActs: Record<string, Act> = {
  forward: (ctx) => ctx.forward(99),
  copy: (ctx) => ctx.copy(99),
  react: (ctx) => ctx.react("👍"),
  "respond(deleteMessage)": (ctx) => ctx.respond("deleteMessage", {}),
}
