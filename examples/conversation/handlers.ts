import { type Dispatcher, filters } from "sounder"
import { Conversation } from "sounder/conversation"
import { keyboard, removeKeyboard } from "sounder/keyboard"

/** Introduces a person to the bot: the pronoun, a photo and a few words, two of which can be skipped. */
const introduction = new Conversation("introduction", {
  states: ["pronoun", "photo", "about"],
  data: () => ({ pronoun: "", photo: "" }),
  timeoutMs: 15 * 60_000,
})

introduction.entryPoints.command("start", (ctx) => ctx.dialog.enter("pronoun"), {
  description: "Introduce yourself",
})

introduction.entering("pronoun", (ctx) =>
  ctx.reply("Hi! How should I speak of you?", {
    reply_markup: keyboard({ resize_keyboard: true }).text("she").text("he").text("they"),
  }),
)
introduction.state("pronoun").hears(["she", "he", "they"], (ctx) => {
  ctx.dialog.data.pronoun = ctx.message.text
  ctx.dialog.to("photo")
})

introduction.entering("photo", (ctx) =>
  ctx.reply("Send me a photo of yourself, or /skip.", { reply_markup: removeKeyboard() }),
)
introduction.state("photo").on(filters.photo, (ctx) => {
  ctx.dialog.data.photo = ctx.message.photo.at(-1)?.file_id ?? ""
  ctx.dialog.to("about")
})
introduction.state("photo").command("skip", (ctx) => ctx.dialog.to("about"))

introduction.entering("about", (ctx) => ctx.reply("Tell me about yourself, or /skip."))
const about = filters.and(filters.text, filters.not(filters.command))
introduction.state("about").on(about, async (ctx) => {
  const { pronoun, photo } = ctx.dialog.data
  const caption = `Nice to meet you! I will tell the others: ${pronoun} says “${ctx.message.text}”`
  if (photo === "") await ctx.reply(caption)
  else await ctx.replyWithPhoto(photo, { caption })
  ctx.dialog.end()
})
introduction.state("about").command("skip", async (ctx) => {
  await ctx.reply("A mystery. See you!")
  ctx.dialog.end()
})

introduction.fallbacks.command("cancel", async (ctx) => {
  await ctx.reply("Bye! /start begins again.", { reply_markup: removeKeyboard() })
  ctx.dialog.end()
})
introduction.fallbacks.message((ctx) => ctx.reply("Please answer the question, or /cancel."))
introduction.timeout((ctx) => ctx.reply("You have been away for long: /start begins again."))

export function register(dispatcher: Dispatcher) {
  introduction.mount(dispatcher)
  dispatcher.message((ctx) => ctx.reply("/start begins."))
}
