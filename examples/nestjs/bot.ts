import "reflect-metadata"
import { NestFactory } from "@nestjs/core"
import { Bot } from "sounder"
import { SqliteQueue } from "sounder/sqlite"
import { BotModule, BotService } from "./bot.module.ts"

const { BOT_TOKEN, WEBHOOK_URL = "", PORT = "5000", UPDATES_FILE = "updates.db" } = process.env
const bot = new Bot(BOT_TOKEN)
const queue = new SqliteQueue({ path: UPDATES_FILE })

const app = await NestFactory.create(BotModule.with({ bot, queue }))
const service = app.get(BotService)
service.mount("/telegram")
app.enableShutdownHooks()
await app.listen(Number(PORT), "127.0.0.1")
await service.registerWebhook(WEBHOOK_URL)
