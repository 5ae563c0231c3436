// A bot written with grammY. Environment: BOT_TOKEN, TELEGRAM_API_ROOT, MODE (polling or webhook), PORT.
import { createServer } from "node:http"
import { Bot, InlineKeyboard, InputFile, InputMediaBuilder, webhookCallback } from "grammy"
import { pixel } from "./pixel.mjs"

const { BOT_TOKEN, TELEGRAM_API_ROOT, MODE, PORT } = process.env
const bot = new Bot(BOT_TOKEN, { client: { apiRoot: TELEGRAM_API_ROOT } })

bot.command("start", (ctx) =>
  ctx.reply(`Hello, ${ctx.from.first_name}!`, {
    reply_markup: new InlineKeyboard().text("Press", "press"),
  }),
)
bot.command("photo", (ctx) =>
  ctx.replyWithPhoto(new InputFile(pixel, "pixel.png"), { caption: "A photo" }),
)
bot.command("document", (ctx) =>
  ctx.replyWithDocument(new InputFile(Buffer.from("A report"), "report.txt")),
)
bot.command("album", (ctx) =>
  ctx.replyWithMediaGroup([
    InputMediaBuilder.photo(new InputFile(pixel, "1.png"), { caption: "An album" }),
    InputMediaBuilder.photo(new InputFile(pixel, "2.png")),
  ]),
)
bot.callbackQuery("press", async (ctx) => {
  await ctx.answerCallbackQuery("Thank you")
  await ctx.editMessageText("Pressed")
})
bot.on("message:photo", async (ctx) => {
  const { file_path } = await ctx.getFile()
  const file = await fetch(`${TELEGRAM_API_ROOT}/file/bot${BOT_TOKEN}/${file_path}`)
  const { byteLength } = await file.arrayBuffer()
  await ctx.reply(`${byteLength} bytes`)
})
bot.on("message:text", (ctx) => ctx.reply(ctx.message.text))

if (MODE === "polling") await bot.start()
else {
  createServer(webhookCallback(bot, "http", { secretToken: "secret" })).listen(PORT, "127.0.0.1")
  await bot.api.setWebhook(`http://127.0.0.1:${PORT}/`, { secret_token: "secret" })
}
