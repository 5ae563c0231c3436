/**
 * Is loaded into the process of a bot by `sounder dev`, before the bot. Prints advice if the bot calls Telegram in
 * place of the simulated Telegram, and if it fails because of the kind of its modules.
 *
 * @module
 */
import { type ChannelListener, subscribe, unsubscribe } from "node:diagnostics_channel"
import { moduleAdvice } from "./module-advice.js"

const apiRootAdvice = `
The bot calls api.telegram.org, not the simulated Telegram. Give the bot the URL in TELEGRAM_API_ROOT: grammY
takes the URL as \`client: { apiRoot }\`, Telegraf as \`telegram: { apiRoot }\` (docs/guides/existing-bots.md).

`

const telegram = "api.telegram.org"

/** The channels of requests by `node:http` and by `fetch`. */
const channels = ["http.client.request.start", "undici:request:create"]

const listener: ChannelListener = (message) => {
  if (!isForTelegram(message)) return
  for (const channel of channels) unsubscribe(channel, listener)
  process.stdout.write(apiRootAdvice)
}

for (const channel of channels) subscribe(channel, listener)

process.on("uncaughtExceptionMonitor", (error) => {
  const advice = moduleAdvice(error, process.argv[1] ?? "")
  if (advice !== undefined) process.stderr.write(`${advice}\n\n`)
})

/** Returns whether a message of {@link channels} is about a request to Telegram. */
function isForTelegram(message: unknown): boolean {
  // The fields as Node and undici document them.
  const { request } = message as { request: { host?: string; origin?: string | URL } }
  return request.host === telegram || String(request.origin) === `https://${telegram}`
}
