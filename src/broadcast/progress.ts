/**
 * The state of a broadcast: `"waiting"` until the time at which Telegram accepts messages again, `"paused"` and
 * `"cancelled"` by the program (or `"paused"` by itself, with a reason), `"done"` after the last recipient.
 */
export type BroadcastStatus = "running" | "waiting" | "paused" | "cancelled" | "done"

/** The progress of a broadcast. */
export interface BroadcastProgress {
  /** The state. */
  readonly status: BroadcastStatus
  /** The number of recipients that were given. */
  readonly total: number
  /** The recipients that have no outcome yet. */
  readonly left: number
  /** The recipients that got the message. */
  readonly sent: number
  /** The recipients that do not accept messages of the bot: they have blocked it, or have removed it. */
  readonly blocked: number
  /** The recipients that no longer exist, or that the bot does not know. */
  readonly gone: number
  /** The recipients for which the call was refused or could not be made. */
  readonly failed: number
  /** The recipients for which the function of the broadcast has returned no call. */
  readonly omitted: number
  /** The recipients that may or may not have got the message, and are not tried again. */
  readonly skipped: number
  /** The recipients that were given more than once, for example as a group and as the supergroup that it became. */
  readonly duplicates: number
  /** The calls with an unknown outcome, which were repeated or skipped. */
  readonly unsure: number
  /** The groups that have become supergroups, which got the message. */
  readonly migrated: number
  /** The time of the start. */
  readonly startedAt: Date
  /** The time until which the broadcast waits; `undefined` unless it waits. */
  readonly until: Date | undefined
  /** The reason why the broadcast has paused itself, or waits; `undefined` for none. */
  readonly reason: string | undefined
}

/**
 * The outcome for one recipient: `"migrated"` for a group that has become a supergroup, which got the message;
 * `"skipped"` if it is unknown whether the message arrived; `"sent"`, with the option `messageIds`, for a recipient that
 * got the message.
 */
export type BroadcastOutcome = "blocked" | "gone" | "failed" | "skipped" | "migrated" | "sent"

/** A recipient in the report of a broadcast. */
export interface BroadcastEntry {
  /** The recipient, as it was given. */
  readonly chatId: number | string
  /** The outcome. */
  readonly outcome: BroadcastOutcome
  /** The reason: Telegram's description, or the message of an error. */
  readonly reason?: string
  /** The id of the supergroup that the group has become. */
  readonly migratedTo?: number
  /** The ids of the messages that the recipient got, with the option `messageIds`. An album has several. */
  readonly messageIds?: readonly number[]
}
