// A bot written with GramIO. Environment: BOT_TOKEN, TELEGRAM_API_ROOT, MODE (polling or webhook), PORT.
import { createServer } from "node:http"
import { Bot, InlineKeyboard, MediaInput, MediaUpload, webhookHandler } from "gramio"
import { pixel } from "./pixel.mjs"

const { BOT_TOKEN, TELEGRAM_API_ROOT, MODE, PORT } = process.env
const bot = new Bot(BOT_TOKEN, { api: { baseURL: `${TELEGRAM_API_ROOT}/bot` } })

bot.command("start", (ctx) =>
  ctx.send(`Hello, ${ctx.from.firstName}!`, {
    reply_markup: new InlineKeyboard().text("Press", "press"),
  }),
)
bot.command("photo", (ctx) =>
  ctx.sendPhoto(MediaUpload.buffer(pixel, "pixel.png"), { caption: "A photo" }),
)
bot.command("document", (ctx) => ctx.sendDocument(MediaUpload.text("A report", "report.txt")))
bot.command("album", (ctx) =>
  ctx.sendMediaGroup([
    MediaInput.photo(MediaUpload.buffer(pixel, "1.png"), { caption: "An album" }),
    MediaInput.photo(MediaUpload.buffer(pixel, "2.png")),
  ]),
)
bot.callbackQuery("press", async (ctx) => {
  await ctx.answer("Thank you")
  await ctx.editText("Pressed")
})
bot.on("message", async (ctx) => {
  if (ctx.hasAttachmentType("photo")) {
    const { byteLength } = await ctx.download()
    return ctx.send(`${byteLength} bytes`)
  }
  return ctx.text?.startsWith("/") ? undefined : ctx.send(ctx.text)
})

if (MODE === "polling") await bot.start()
else {
  createServer(webhookHandler(bot, "http", "secret")).listen(PORT, "127.0.0.1")
  await bot.start({ webhook: { url: `http://127.0.0.1:${PORT}/`, secret_token: "secret" } })
}
