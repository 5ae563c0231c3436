// A bot with eleven plugins of grammY. Environment: BOT_TOKEN, TELEGRAM_API_ROOT.
import { autoChatAction } from "@grammyjs/auto-chat-action"
import { autoRetry } from "@grammyjs/auto-retry"
import { conversations, createConversation } from "@grammyjs/conversations"
import { hydrateFiles } from "@grammyjs/files"
import { hydrate } from "@grammyjs/hydrate"
import { Menu } from "@grammyjs/menu"
import { run, sequentialize } from "@grammyjs/runner"
import { StatelessQuestion } from "@grammyjs/stateless-question"
import { stream } from "@grammyjs/stream"
import { apiThrottler } from "@grammyjs/transformer-throttler"
import { Bot, session } from "grammy"

// @grammyjs/stream relies on it; Node has it from version 22 on.
Promise.withResolvers ??= () => {
  let settle
  const promise = new Promise((resolve, reject) => {
    settle = { resolve, reject }
  })
  return { promise, ...settle }
}

const { BOT_TOKEN, TELEGRAM_API_ROOT } = process.env
const bot = new Bot(BOT_TOKEN, { client: { apiRoot: TELEGRAM_API_ROOT } })

bot.api.config.use(
  autoRetry(),
  apiThrottler(),
  hydrateFiles(bot.token, { apiRoot: TELEGRAM_API_ROOT }),
)
// One update of a chat at a time: a conversation has to be stored before the next update.
bot.use(sequentialize((ctx) => String(ctx.chat?.id)))
bot.use(session({ initial: () => ({ count: 0 }) }))
bot.use(hydrate(), autoChatAction(), stream(), conversations())

const menu = new Menu("menu")
  .text(
    (ctx) => `Count ${ctx.session.count}`,
    (ctx) => {
      ctx.session.count += 1
      ctx.menu.update()
    },
  )
  .row()
  .text("Close", (ctx) => ctx.menu.close())
bot.use(menu)

async function introduce(conversation, ctx) {
  await ctx.reply("Your name?")
  const { message } = await conversation.waitFor("message:text")
  await ctx.reply("Your town?")
  const town = await conversation.waitFor("message:text")
  await ctx.reply(`${message.text} of ${town.message.text}`)
}
bot.use(createConversation(introduce))

const question = new StatelessQuestion("colour", (ctx) => ctx.reply(`You like ${ctx.message.text}`))
bot.use(question.middleware())

async function* words() {
  for (const word of ["This is ", "slowly ", "generated"]) {
    yield word
    await new Promise((resolve) => setTimeout(resolve, 300))
  }
}

bot.command("menu", (ctx) => ctx.reply("Menu", { reply_markup: menu }))
bot.command("introduce", (ctx) => ctx.conversation.enter("introduce"))
bot.command("ask", (ctx) => question.replyWithMarkdown(ctx, "Which colour?"))
bot.command("stream", (ctx) => ctx.replyWithStream(words()))
bot.command("edit", async (ctx) => {
  const sent = await ctx.reply("Before")
  await sent.editText("After")
})
bot.on("message:document", async (ctx) => {
  const file = await ctx.getFile()
  const response = await fetch(file.getUrl())
  await ctx.reply(`${(await response.arrayBuffer()).byteLength} bytes`)
})

bot.catch(({ error }) => console.error(error))
const runner = run(bot)
process.once("SIGTERM", () => void runner.stop())
