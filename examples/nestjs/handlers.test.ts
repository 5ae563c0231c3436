import "reflect-metadata"
import assert from "node:assert/strict"
import { test } from "node:test"
import { NestFactory } from "@nestjs/core"
import { Simulator } from "@sounder/simulator"
import { Bot, MemoryQueue } from "sounder"
import { BotModule, BotService } from "./bot.module.ts"

test("the application receives updates, and its services answer", async () => {
  // `local` permits a webhook over plain HTTP on this machine.
  await using telegram = await Simulator.start({ local: true })
  const account = telegram.bot({ username: "nest_bot" })
  const bot = new Bot(account.token, { apiRoot: telegram.apiRoot })
  const app = await NestFactory.create(BotModule.with({ bot, queue: new MemoryQueue() }), {
    logger: false,
  })
  const service = app.get(BotService)
  service.mount("/telegram")
  await app.listen(0, "127.0.0.1")
  const url = `${await app.getUrl()}/telegram`
  await service.registerWebhook(url)

  try {
    const ada = telegram.user({ first_name: "Ada" })
    await ada.send(account, "/start")
    assert.equal((await ada.hears()).text, "Hello! You are number 1.")
    await ada.send(account, "Good morning")
    assert.equal((await ada.hears()).text, "Good morning")
    const forged = await fetch(url, { method: "POST", body: "{}" })
    assert.equal(forged.status, 401)
  } finally {
    await app.close()
  }
})
