// A bot written with node-telegram-bot-api. Environment: BOT_TOKEN, TELEGRAM_API_ROOT, MODE (polling or
// webhook), PORT.
import { Bot, InlineKeyboardBuilder, InputFile } from "node-telegram-bot-api"
import { run, startWebhook } from "node-telegram-bot-api/node"
import { pixel } from "./pixel.mjs"

const { BOT_TOKEN, TELEGRAM_API_ROOT, MODE, PORT } = process.env
const bot = new Bot(BOT_TOKEN, { apiRoot: TELEGRAM_API_ROOT })

bot.command("start", (ctx) =>
  ctx.reply(`Hello, ${ctx.from.first_name}!`, {
    reply_markup: new InlineKeyboardBuilder().text("Press", "press").build(),
  }),
)
bot.command("photo", ({ api, chat }) => {
  const photo = new InputFile(pixel, { filename: "pixel.png" })
  return api.sendPhoto({ chat_id: chat.id, photo, caption: "A photo" })
})
bot.command("document", ({ api, chat }) => {
  const document = new InputFile(Buffer.from("A report"), { filename: "report.txt" })
  return api.sendDocument({ chat_id: chat.id, document })
})
bot.command("album", ({ api, chat }) => {
  const photo = (filename) => ({ type: "photo", media: new InputFile(pixel, { filename }) })
  const media = [{ ...photo("1.png"), caption: "An album" }, photo("2.png")]
  return api.sendMediaGroup({ chat_id: chat.id, media })
})
bot.on("callback_query", async ({ api, callbackQuery }) => {
  await api.answerCallbackQuery({ callback_query_id: callbackQuery.id, text: "Thank you" })
  const { chat, message_id } = callbackQuery.message
  await api.editMessageText({ chat_id: chat.id, message_id, text: "Pressed" })
})
bot.on("message", async (ctx) => {
  if (ctx.message.photo === undefined) return ctx.reply(ctx.message.text)
  const { file_path } = await ctx.api.getFile({ file_id: ctx.message.photo.at(-1).file_id })
  const file = await fetch(`${TELEGRAM_API_ROOT}/file/bot${BOT_TOKEN}/${file_path}`)
  const { byteLength } = await file.arrayBuffer()
  return ctx.reply(`${byteLength} bytes`)
})

if (MODE === "polling") await run(bot)
else {
  const url = `http://127.0.0.1:${PORT}/hook`
  await bot.api.setWebhook({ url, secret_token: "secret" })
  const server = { port: Number(PORT), hostname: "127.0.0.1" }
  await startWebhook(bot, { ...server, path: "/hook", secretToken: "secret" })
}
