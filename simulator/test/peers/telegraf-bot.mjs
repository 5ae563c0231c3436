// A bot written with Telegraf. Environment: BOT_TOKEN, TELEGRAM_API_ROOT, MODE (polling, webhook or tls),
// PORT; for tls also WEBHOOK_URL, CERT and KEY, of which the certificate is uploaded to Telegram.
import { readFileSync } from "node:fs"
import { createServer } from "node:http"
import { Input, Markup, Telegraf } from "telegraf"
import { message } from "telegraf/filters"
import { pixel } from "./pixel.mjs"

const { BOT_TOKEN, TELEGRAM_API_ROOT, MODE, PORT, WEBHOOK_URL, CERT, KEY } = process.env
const bot = new Telegraf(BOT_TOKEN, { telegram: { apiRoot: TELEGRAM_API_ROOT } })

bot.start((ctx) =>
  ctx.reply(
    `Hello, ${ctx.from.first_name}!`,
    Markup.inlineKeyboard([Markup.button.callback("Press", "press")]),
  ),
)
bot.command("photo", (ctx) =>
  ctx.replyWithPhoto(Input.fromBuffer(pixel, "pixel.png"), { caption: "A photo" }),
)
bot.command("document", (ctx) =>
  ctx.replyWithDocument(Input.fromBuffer(Buffer.from("A report"), "report.txt")),
)
bot.command("album", (ctx) =>
  ctx.replyWithMediaGroup([
    { type: "photo", media: Input.fromBuffer(pixel, "1.png"), caption: "An album" },
    { type: "photo", media: Input.fromBuffer(pixel, "2.png") },
  ]),
)
bot.action("press", async (ctx) => {
  await ctx.answerCbQuery("Thank you")
  await ctx.editMessageText("Pressed")
})
bot.on(message("photo"), async (ctx) => {
  const link = await ctx.telegram.getFileLink(ctx.message.photo.at(-1).file_id)
  const { byteLength } = await (await fetch(link)).arrayBuffer()
  await ctx.reply(`${byteLength} bytes`)
})
bot.on(message("text"), (ctx) => ctx.reply(ctx.message.text))

if (MODE === "polling") await bot.launch()
else if (MODE === "webhook") {
  const secretToken = "secret"
  createServer(bot.webhookCallback("/hook", { secretToken })).listen(PORT, "127.0.0.1")
  await bot.telegram.setWebhook(`http://127.0.0.1:${PORT}/hook`, { secret_token: secretToken })
} else {
  await bot.launch({
    webhook: {
      domain: new URL(WEBHOOK_URL).host,
      path: "/hook",
      host: "127.0.0.1",
      port: Number(PORT),
      secretToken: "secret",
      tlsOptions: { cert: readFileSync(CERT), key: readFileSync(KEY) },
      certificate: Input.fromLocalFile(CERT),
    },
  })
}
