import type { BotObserver } from "../delivery/bot-observer.js"
import type { Clock } from "../ground/clock.js"
import type { Journal } from "../ground/journal.js"
import type { WorldChanges } from "./world-changes.js"

/** One attempt to deliver an update to a webhook, or the end of all attempts. */
export interface DeliveryRecord {
  /** The bot whose webhook it is. */
  readonly botId: number
  /** The `update_id`. */
  readonly updateId: number
  /** The type of the update. */
  readonly type: string
  /** `"dropped"`: it is given up, because the next attempt would come after its life. */
  readonly outcome: "delivered" | "failed" | "dropped"
  /** The HTTP status that the webhook answered. */
  readonly status: number | undefined
  /** Why it failed; absent also where Telegram records nothing, as on a clean close. */
  readonly error: string | undefined
  /** Unix time in milliseconds at which the request was sent. */
  readonly sentAt: number
  /** Unix time in milliseconds at which it ended. */
  readonly endedAt: number
}

/** Writes down what happens on a bot's webhook. */
export function deliveryObserver(options: {
  botId: () => number
  clock: Clock
  journal: Journal<DeliveryRecord>
  changes: WorldChanges
  replied: BotObserver["replied"]
}): BotObserver {
  const { clock, journal, changes, replied } = options
  const sent = new Map<number, number>()
  // Written out member by member: spreading objects would cost more than the delivery itself.
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
