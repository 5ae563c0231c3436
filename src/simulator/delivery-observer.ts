import type { BotObserver } from "./account/bot-observer.js"
import type { Clock } from "./clock.js"
import type { Journal } from "./journal.js"
import type { WorldChanges } from "./world/world-changes.js"

/** One attempt to deliver an update to a webhook, or the end of all attempts. */
export interface DeliveryRecord {
  readonly botId: number
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
  const base = (event: { id: number; json: string }) => ({
    botId: options.botId(),
    updateId: event.id,
    type: event.json.slice(1, event.json.indexOf('"', 1)),
    sentAt: sent.get(event.id) ?? clock.now(),
    endedAt: clock.now(),
  })
  const update = (event: { id: number }) =>
    ({ kind: "update", botId: options.botId(), updateId: event.id }) as const
  return {
    replied,
    put: (event) => changes.announce({ ...update(event), step: "put", json: event.json }),
    sent(event) {
      sent.set(event.id, clock.now())
      changes.announce({ ...update(event), step: "sent" })
    },
    waits: (event, until) => changes.announce({ ...update(event), step: "waits", until }),
    ended(event, response, error) {
      const isSuccess = response !== undefined && error === undefined
      const outcome = isSuccess ? "delivered" : "failed"
      journal.add({ ...base(event), outcome, status: response?.status, error })
      sent.delete(event.id)
    },
    dropped(event) {
      journal.add({ ...base(event), outcome: "dropped", status: undefined, error: undefined })
    },
  }
}
