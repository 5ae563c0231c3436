import type { DeliveryReports } from "../delivery/webhook-delivery.js"
import type { Arguments } from "../api/arguments.js"

/** Who is told what happens on a bot's webhook. */
export interface BotObserver extends Omit<DeliveryReports, "failed" | "gone"> {
  /** A 2xx has come, which may hold a call. */
  replied(args: Arguments): void
}
