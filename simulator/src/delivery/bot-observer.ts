import type { DeliveryReports } from "./webhook-delivery.js"
import type { StoredEvent } from "./event-queue.js"
import type { Arguments } from "../arguments/arguments.js"

/** An observer of a bot's webhook. */
export interface BotObserver extends Omit<DeliveryReports, "failed" | "gone"> {
  /** An update was added to the queue. */
  put(event: StoredEvent): void
  /** A 2xx has come, which may hold a call. */
  replied(args: Arguments): void
}
