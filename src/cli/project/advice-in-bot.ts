/**
 * Is loaded into the process of a bot by `sounder dev`, before the bot. Prints advice if the bot calls Telegram in
 * place of the simulated Telegram, if it makes no call, and if it fails because of the kind of its modules; and prints
 * the error that ends the bot.
 *
 * @module
 */
import { type ChannelListener, subscribe, unsubscribe } from "node:diagnostics_channel"
import { isMainThread } from "node:worker_threads"
import { guidePath } from "./guide-path.js"
import { programAdvice } from "./program-advice.js"
import { QuietWatch } from "./quiet-watch.js"
import { printUncaughtErrors } from "./uncaught-errors.js"

const apiRootAdvice = `
The bot calls api.telegram.org, not the simulated Telegram. Give the bot the URL in TELEGRAM_API_ROOT: grammY
takes the URL as \`client: { apiRoot }\`, Telegraf as \`telegram: { apiRoot }\`
(${guidePath("existing-bots")}).

`

const quietAdvice = `
The program has made no call, and has only waited for 20 seconds. Does it start its bot, as with
\`await updater.runPolling()\`?

`

const connectedAdvice = `
The program has made no call, and has only waited for 20 seconds, with a network connection open. If it waits for
another server before it starts its bot, look there; otherwise: does it start its bot, as with
\`await updater.runPolling()\`?

`

const telegram = "api.telegram.org"

/** The channels of requests by `node:http` and by `fetch`, and of the calls of Sounder's bots. */
const channels = ["http.client.request.start", "undici:request:create", "sounder:bot:call"]

const quiet = isMainThread ? new QuietWatch(adviseOnQuiet) : undefined

const listener: ChannelListener = (message) => {
  const host = hostOf(message)
  if (host !== telegram && !isSimulator(host)) return
  quiet?.stop()
  for (const channel of channels) unsubscribe(channel, listener)
  if (host === telegram) process.stdout.write(apiRootAdvice)
}

for (const channel of channels) subscribe(channel, listener)

const program = process.argv[1] ?? ""
printUncaughtErrors((error) => programAdvice(error, program))

/** Returns the host of the request that a message of {@link channels} is about. */
function hostOf(message: unknown): string {
  // The fields as Node, undici and Sounder document them.
  const { request, apiRoot } = message as {
    request?: { host?: string; origin?: string | URL }
    apiRoot?: string
  }
  const origin = String(request?.origin ?? apiRoot)
  return request?.host ?? (URL.canParse(origin) ? new URL(origin).hostname : "")
}

function isSimulator(host: string): boolean {
  const root = process.env["TELEGRAM_API_ROOT"] ?? ""
  return URL.canParse(root) && new URL(root).hostname === host
}

function adviseOnQuiet(): void {
  const resources = process.getActiveResourcesInfo()
  // Another process may run the bot.
  if (resources.some((name) => name === "ProcessWrap")) return
  const isConnected = resources.some((name) => /^(?:TCPSocket|TLS|Connect|TCPConnect)/.test(name))
  process.stdout.write(isConnected ? connectedAdvice : quietAdvice)
}
