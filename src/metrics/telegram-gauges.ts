import type { WebhookInfo } from "../telegram/types.js"
import { botCalled } from "../events/index.js"
import type { BotLabel } from "./labels.js"
import type { Registry } from "./registry.js"
import { settledWithin } from "../ground/settled-within.js"

/** The part of a `Bot` that these metrics need. */
export interface WatchedBot {
  /** The bot's id. */
  readonly id: number
  /**
   * Calls `getWebhookInfo`, which returns the number of updates pending at Telegram, even for a bot that polls.
   */
  getWebhookInfo(): Promise<unknown>
}

/** The values of one bot, from its last `getWebhookInfo`. */
interface TelegramStatus {
  readonly pending: number
  readonly lastErrorDate: number | undefined
  /** The time of the answer on the monotonic clock, in milliseconds. */
  readonly answeredAt: number
}

/** The age in milliseconds at which the values of a bot are requested again. */
const refreshAfterMs = 60_000
/**
 * The age in milliseconds from which values are hidden: the bot was removed, or `getWebhookInfo` fails or
 * is no longer called.
 */
const hideAfterMs = 15 * 60_000
/** The longest wait for `getWebhookInfo`, in milliseconds. */
const timeoutMs = 2000

/**
 * Adds the metrics of Telegram's side: pending updates and the last failed delivery. Subscribes to
 * every `getWebhookInfo` of the process, and calls it for the given bots at most once per minute,
 * only when the metrics are requested.
 */
export function addTelegramMetrics(
  registry: Registry,
  labels: BotLabel,
  bots: ReadonlySet<WatchedBot>,
): (() => void)[] {
  const statuses = new Map<number, TelegramStatus>()
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
    await Promise.all([...bots].map((bot) => refresh(bot, statuses)))
    pending.clear()
    lastError.clear()
    for (const [botId, { pending: count, lastErrorDate, answeredAt }] of statuses) {
      if (performance.now() - answeredAt > hideAfterMs) {
        statuses.delete(botId)
        continue
      }
      const label = labels.label(botId)
      pending.series(label).value += count
      if (lastErrorDate === undefined) continue
      const series = lastError.series(label)
      series.value = Math.max(series.value, lastErrorDate)
    }
  })
  return [
    botCalled.subscribe(({ botId, method, result }) => {
      if (method !== "getWebhookInfo" || !isWebhookInfo(result)) return
      const { pending_update_count, last_error_date } = result
      statuses.set(botId, {
        pending: pending_update_count,
        lastErrorDate: last_error_date,
        answeredAt: performance.now(),
      })
    }),
  ]
}

/**
 * Calls `getWebhookInfo` if the values are old. The answer arrives as an event; a failure counts as
 * a failed call.
 */
async function refresh(
  bot: WatchedBot,
  statuses: ReadonlyMap<number, TelegramStatus>,
): Promise<void> {
  const status = statuses.get(bot.id)
  if (status && performance.now() - status.answeredAt < refreshAfterMs) return
  await settledWithin(timeoutMs, bot.getWebhookInfo()).catch(() => {})
}

function isWebhookInfo(value: unknown): value is WebhookInfo {
  return typeof value === "object" && value !== null && "pending_update_count" in value
}
