import { createHash, timingSafeEqual } from "node:crypto"
import express, { type Express } from "express"
import { type Bot, deriveSecretToken, type UpdateQueue, Webhook, webhookListener } from "sounder"
import { report } from "./handlers.ts"

/**
 * Returns a web server that receives Telegram's updates, and the reports of other programs.
 *
 * @param options.apiKey the key that other programs have to send
 */
export function serverOf(options: { bot: Bot; queue: UpdateQueue; apiKey: string }): Express {
  const { bot, queue, apiKey } = options
  const webhook = new Webhook({
    botId: bot.id,
    queue,
    path: "/telegram",
    secretToken: deriveSecretToken(bot.token),
  })

  const app = express()
  // Before all body parsers, so that the secret is checked before the body is read.
  app.all("/telegram", webhookListener(webhook))

  app.get("/health", (_request, response) => void response.send("up"))

  app.post(
    "/reports",
    (request, response, next) => {
      const isKnown = isSame(request.get("authorization") ?? "", `Bearer ${apiKey}`)
      if (isKnown) next()
      else response.sendStatus(401)
    },
    express.json({ limit: "16kb" }),
    async (request, response) => {
      const { id, chat, text } = request.body ?? {}
      if (typeof id !== "string" || !Number.isSafeInteger(chat) || typeof text !== "string") {
        return void response.sendStatus(400)
      }
      // The id makes a report that is sent twice one report.
      await report.runOnceFor({ queue, botId: bot.id, chatId: chat }, id, { data: { text } })
      response.sendStatus(202)
    },
  )
  return app
}

/** Compares two texts in constant time. */
function isSame(a: string, b: string): boolean {
  const [one, other] = [a, b].map((text) => createHash("sha256").update(text).digest())
  return timingSafeEqual(one, other)
}
