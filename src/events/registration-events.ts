import { EventChannel } from "./event-channel.js"

/** A registration of the webhook at Telegram. */
export interface RegistrationSet {
  /** The id of the bot. */
  readonly botId: number
  /** The URL that Telegram calls. */
  readonly url: string
}

/** A registration at Telegram that differs from the requested one. */
export interface RegistrationChanged {
  /** The id of the bot. */
  readonly botId: number
  /** The URL that is registered at Telegram; empty without a webhook. */
  readonly url: string
}

/** A failed delivery of an update to the webhook. */
export interface DeliveryFailed {
  /** The id of the bot. */
  readonly botId: number
  /** Telegram's message. */
  readonly message: string
  /** The time of the failure. */
  readonly date: Date
  /** The number of updates pending at Telegram. */
  readonly pending: number
}

/** `sounder:registration:set`: `setWebhook` was called, and Telegram has accepted it. */
export const registrationSet = new EventChannel<RegistrationSet>("sounder:registration:set")
/** `sounder:registration:changed`: another program has set or removed the webhook. */
export const registrationChanged = new EventChannel<RegistrationChanged>(
  "sounder:registration:changed",
)
/** `sounder:registration:delivery-failed`: Telegram reports a failed delivery. */
export const deliveryFailed = new EventChannel<DeliveryFailed>(
  "sounder:registration:delivery-failed",
)
