import { EventChannel } from "./event-channel.js"

/** `getUpdates` was answered. */
export interface PollingFetched {
  /** The bot. */
  readonly botId: number
  /** How many updates came. */
  readonly count: number
  /** How long Telegram took, in milliseconds; it waits for updates, so that long is no fault. */
  readonly durationMs: number
}

/**
 * What slows polling down: Telegram has a fault or cannot be reached, another process polls, a webhook
 * is set, the token is refused, the queue has refused an update.
 */
export type PollingTrouble = "transient" | "unknown-token" | "other-poller" | "webhook" | "refused"

/** Polling was slowed down. */
export interface PollingSetback {
  /** The bot. */
  readonly botId: number
  /** By what. */
  readonly trouble: PollingTrouble
  /** The error that says so. */
  readonly error: unknown
  /** How long polling waits, in milliseconds. */
  readonly waitMs: number
}

/** Polling had the oldest unfinished updates acknowledged, to see those behind them. */
export interface PollingAcknowledgedEarly {
  /** The bot. */
  readonly botId: number
  /** How many. */
  readonly count: number
}

/** Polling has ended by itself. */
export interface PollingEnded {
  /** The bot. */
  readonly botId: number
  /** Why. */
  readonly error: unknown
}

/** `sounder:polling:fetched`: `getUpdates` was answered. */
export const pollingFetched = new EventChannel<PollingFetched>("sounder:polling:fetched")
/** `sounder:polling:setback`: polling waits before it goes on. */
export const pollingSetback = new EventChannel<PollingSetback>("sounder:polling:setback")
/** `sounder:polling:ended`: Telegram no longer knows the token. */
export const pollingEnded = new EventChannel<PollingEnded>("sounder:polling:ended")

/** `sounder:polling:acknowledged-early`: Telegram forgets updates that are not handled yet. */
export const pollingAcknowledgedEarly = new EventChannel<PollingAcknowledgedEarly>(
  "sounder:polling:acknowledged-early",
)
