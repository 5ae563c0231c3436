import type { BotObserver } from "../delivery/bot-observer.js"
import type { Clock } from "../ground/clock.js"
import type { Journal } from "../ground/journal.js"
import type { WorldChanges } from "./world-changes.js"

/** One attempt to deliver an update to a webhook, or the end of all attempts. */
export interface DeliveryRecord {
  /** The id of the bot. */
  readonly botId: number
  /** The `update_id`. */
  readonly updateId: number
  /** The type of the update. */
  readonly type: string
  /** The outcome; `"dropped"` means that the next attempt would come after the expiry. */
  readonly outcome: "delivered" | "failed" | "dropped"
  /** The HTTP status of the webhook's response; `undefined` without a response. */
  readonly status: number | undefined
  /**
   * The error; `undefined` also for failures that Telegram does not record, such as a clean close.
   */
  readonly error: string | undefined
  /** The start of the attempt, as Unix time in milliseconds. */
  readonly sentAt: number
  /** The end of the attempt, as Unix time in milliseconds. */
  readonly endedAt: number
}

/** Returns an observer that records the deliveries of a bot's webhook. */
export function deliveryObserver(options: {
  botId: () => number
  clock: Clock
  journal: Journal<DeliveryRecord>
  changes: WorldChanges
  replied: BotObserver["replied"]
}): BotObserver {
  const { clock, journal, changes, replied } = options
  const sent = new Map<number, number>()
  // Each member is written out, because spreading objects would cost more than the delivery itself.
  const add = (
    { id, json }: { id: number; json: string },
    outcome: DeliveryRecord["outcome"],
    status?: number,
    error?: string,
  ) => {
    const endedAt = clock.now()
    const type = json.slice(1, json.indexOf('"', 1))
    const sentAt = sent.get(id) ?? endedAt
    const botId = options.botId()
    journal.add({ botId, updateId: id, type, outcome, status, error, sentAt, endedAt })
  }
  return {
    replied,
    put: ({ id, json }) =>
      changes.announce({
        kind: "update",
        botId: options.botId(),
        updateId: id,
        step: "put",
        json,
      }),
    excluded: (type, payload) =>
      changes.announce({
        kind: "withheld",
        botId: options.botId(),
        type,
        payload,
        reason: "not in allowed_updates",
      }),
    sent({ id }) {
      sent.set(id, clock.now())
      changes.announce({ kind: "update", botId: options.botId(), updateId: id, step: "sent" })
    },
    waits: ({ id }, until) =>
      changes.announce({
        kind: "update",
        botId: options.botId(),
        updateId: id,
        step: "waits",
        until,
      }),
    ended(event, response, error) {
      const isSuccess = response !== undefined && error === undefined
      add(event, isSuccess ? "delivered" : "failed", response?.status, error)
      sent.delete(event.id)
    },
    dropped: (event) => add(event, "dropped"),
  }
}
