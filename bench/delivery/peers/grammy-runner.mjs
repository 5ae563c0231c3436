// grammY with its runner, for polling only. https://grammy.dev/plugins/runner,
// https://grammy.dev/advanced/reliability
import { run, sequentialize } from "@grammyjs/runner"
import { Bot } from "grammy"
import { apiRoot, handle, token } from "../work.mjs"

const bot = new Bot(token, { client: { apiRoot } })
bot.use(sequentialize((ctx) => ctx.chat?.id.toString()))
bot.on(["message", "callback_query"], (ctx) => handle(ctx.update))

const runner = run(bot)
process.once("SIGTERM", () => runner.isRunning() && runner.stop())
