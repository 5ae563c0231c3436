import type { DeliveryReports } from "./webhook-delivery.js"
import type { StoredEvent } from "./event-queue.js"
import type { Arguments } from "../arguments/arguments.js"

/** An observer of a bot's webhook. */
export interface BotObserver extends Omit<DeliveryReports, "failed" | "gone"> {
  /** Called after an update was added to the queue. */
  put(event: StoredEvent): void
  /** Called with an update that is not queued, because `allowed_updates` leaves its type out. */
  excluded(type: string, payload: object): void
  /** Called with the parameters of a 2xx response, which may contain a call. */
  replied(args: Arguments): void
}
