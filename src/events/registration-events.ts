import { EventChannel } from "./event-channel.js"

/** The webhook was registered at Telegram. */
export interface RegistrationSet {
  /** The bot. */
  readonly botId: number
  /** The URL that Telegram calls. */
  readonly url: string
}

/** Telegram has another webhook than the one that was asked for. */
export interface RegistrationChanged {
  /** The bot. */
  readonly botId: number
  /** The URL that Telegram has; empty where it has none. */
  readonly url: string
}

/** Telegram could not deliver an update to the webhook. */
export interface DeliveryFailed {
  /** The bot. */
  readonly botId: number
  /** Telegram's words. */
  readonly message: string
  /** When it was. */
  readonly date: Date
  /** How many updates wait at Telegram. */
  readonly pending: number
}

/** `sounder:registration:set`: `setWebhook` was called, and Telegram has accepted it. */
export const registrationSet = new EventChannel<RegistrationSet>("sounder:registration:set")
/** `sounder:registration:changed`: another program has set or removed the webhook. */
export const registrationChanged = new EventChannel<RegistrationChanged>(
  "sounder:registration:changed",
)
/** `sounder:registration:delivery-failed`: Telegram says why it could not deliver. */
export const deliveryFailed = new EventChannel<DeliveryFailed>(
  "sounder:registration:delivery-failed",
)
