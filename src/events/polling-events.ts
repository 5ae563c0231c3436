import { EventChannel } from "./event-channel.js"

/** An answer to `getUpdates`. */
export interface PollingFetched {
  /** The id of the bot. */
  readonly botId: number
  /** The number of updates in the answer. */
  readonly count: number
  /**
   * The time until the answer, in milliseconds; a long time is normal, because Telegram waits for
   * updates.
   */
  readonly durationMs: number
}

/**
 * A reason for slower polling: Telegram fails or is unreachable, the token is refused, another
 * process polls, a webhook is set, or the queue has refused an update (in the order of the values).
 */
export type PollingTrouble = "transient" | "unknown-token" | "other-poller" | "webhook" | "refused"

/** A failure that slows polling down. */
export interface PollingSetback {
  /** The id of the bot. */
  readonly botId: number
  /** The kind of failure. */
  readonly trouble: PollingTrouble
  /** The error. */
  readonly error: unknown
  /** The wait until polling continues, in milliseconds. */
  readonly waitMs: number
}

/** An acknowledgement of the oldest unfinished updates, which lets polling reach later ones. */
export interface PollingAcknowledgedEarly {
  /** The id of the bot. */
  readonly botId: number
  /** The number of updates. */
  readonly count: number
}

/** The end of polling without a call of `stop`. */
export interface PollingEnded {
  /** The id of the bot. */
  readonly botId: number
  /** The error that ended polling. */
  readonly error: unknown
}

/** `sounder:polling:fetched`: `getUpdates` was answered. */
export const pollingFetched = new EventChannel<PollingFetched>("sounder:polling:fetched")
/** `sounder:polling:setback`: polling waits after a failure. */
export const pollingSetback = new EventChannel<PollingSetback>("sounder:polling:setback")
/** `sounder:polling:ended`: Telegram no longer knows the token. */
export const pollingEnded = new EventChannel<PollingEnded>("sounder:polling:ended")

/** `sounder:polling:acknowledged-early`: Telegram forgets updates that are not handled yet. */
export const pollingAcknowledgedEarly = new EventChannel<PollingAcknowledgedEarly>(
  "sounder:polling:acknowledged-early",
)
