import type { WebhookInfo } from "../telegram/types.js"
import { botCalled } from "../events/index.js"
import type { BotLabel } from "./labels.js"
import type { Registry } from "./registry.js"
import { settledWithin } from "./settled-within.js"

/** What is asked of a bot. A `Bot` fits. */
export interface WatchedBot {
  /** The bot's id. */
  readonly id: number
  /** Asks Telegram what waits for the bot, whether it has a webhook or polls. */
  getWebhookInfo(): Promise<unknown>
}

interface Told {
  readonly pending: number
  readonly lastErrorDate: number | undefined
  readonly at: number
}

/** A bot is asked again when what is known of it is older than this, in milliseconds. */
const freshMs = 60_000
/** What is older than this is no longer shown: the bot was removed, or does not look any more. */
const shownMs = 15 * 60_000
const patienceMs = 2000

/**
 * Shows what Telegram says of its side: how many updates wait there, and when it last failed to
 * deliver. Listens to every `getWebhookInfo` that anyone calls, and calls it itself for the bots it
 * was given, once a minute at most and only when the metrics are asked for.
 */
export function showTelegram(
  registry: Registry,
  labels: BotLabel,
  watched: ReadonlySet<WatchedBot>,
): (() => void)[] {
  const told = new Map<number, Told>()
  const pending = registry.gauge({
    name: "sounder_telegram_pending_updates",
    help: "Updates pending at Telegram, as of the last getWebhookInfo.",
    labels: ["bot"],
  })
  const lastError = registry.gauge({
    name: "sounder_telegram_last_error_timestamp_seconds",
    help: "Time of Telegram's last failed delivery to the webhook, in Unix time.",
    labels: ["bot"],
  })
  registry.onCollect(async () => {
    await Promise.all([...watched].map((bot) => ask(bot, told)))
    pending.clear()
    lastError.clear()
    for (const [botId, { pending: count, lastErrorDate, at }] of told) {
      const bot = labels.of(botId)
      if (performance.now() - at > shownMs) told.delete(botId)
      else pending.of(bot).value += count
      if (lastErrorDate === undefined) continue
      const series = lastError.of(bot)
      series.value = Math.max(series.value, lastErrorDate)
    }
  })
  return [
    botCalled.subscribe(({ botId, method, result }) => {
      if (method !== "getWebhookInfo" || !isWebhookInfo(result)) return
      const { pending_update_count, last_error_date } = result
      told.set(botId, {
        pending: pending_update_count,
        lastErrorDate: last_error_date,
        at: performance.now(),
      })
    }),
  ]
}

/** Asks where what is known is old. The answer comes in as an event; a failure is seen as a call. */
async function ask(bot: WatchedBot, told: ReadonlyMap<number, Told>): Promise<void> {
  const known = told.get(bot.id)
  if (known && performance.now() - known.at < freshMs) return
  await settledWithin(patienceMs, bot.getWebhookInfo()).catch(() => {})
}

function isWebhookInfo(value: unknown): value is WebhookInfo {
  return typeof value === "object" && value !== null && "pending_update_count" in value
}
