import type { DeliveryReports } from "../delivery/webhook-delivery.js"
import type { WebhookResponse } from "../delivery/response-reader.js"

/** Who is told what happens on a bot's webhook. */
export interface BotObserver extends Omit<DeliveryReports, "failed" | "gone"> {
  /** A 2xx has come with a body, which may hold a call. */
  replied(response: WebhookResponse): void
}
