import type { Update } from "@grammyjs/types"
import { EventChannel } from "./event-channel.js"

/** An event that concerns a promised call. */
export interface OutboxEvent {
  /** The id of the bot. */
  readonly botId: number
  /** The own update of the call. */
  readonly update: Update
  /** The method, as Telegram spells it. */
  readonly method: string
}

/** A promised call of which the bot cannot know whether Telegram has carried the call out. */
export interface OutboxUnsure extends OutboxEvent {
  /** The rule of the call: whether the call is made again or set aside. */
  readonly rule: "repeat" | "skip"
}

/** A promised call that Telegram has refused, so that the call was dropped. */
export interface OutboxRefused extends OutboxEvent {
  /** The error of the call, an `ApiError`. */
  readonly error: unknown
}

/**
 * `sounder:outbox:unsure`: the process died or the connection broke while a promised call was under way.
 */
export const outboxUnsure = new EventChannel<OutboxUnsure>("sounder:outbox:unsure")
/** `sounder:outbox:refused`: Telegram has refused a promised call. */
export const outboxRefused = new EventChannel<OutboxRefused>("sounder:outbox:refused")
