import type { Chat, Update, User } from "@grammyjs/types"

/** The part of a chat that an own update belongs to, as parameters of a call. */
export interface OwnTarget {
  /** The id of the business connection. Default: none. */
  readonly business_connection_id?: string
  /** The id of the topic of a forum. Default: none; the general topic. */
  readonly message_thread_id?: number
  /** The id of the topic of a channel's direct messages. Default: none. */
  readonly direct_messages_topic_id?: number
}

/** The content of an own update. */
export interface OwnContent {
  /** The name of the event, by which its handler is found. */
  readonly name: string
  /** The lane of the update. */
  readonly lane: string
  /** The chat that the event belongs to, for `ctx.chat` and the methods that answer. Default: none. */
  readonly chat?: Chat
  /** The topic and the business connection within the chat, for the methods that answer. Default: none. */
  readonly target?: OwnTarget
  /** The user who caused the event. Default: none. */
  readonly from?: User
  /** The data of the event: any JSON value. */
  readonly data?: unknown
}

/**
 * An update that the program has put itself: an event, or a timer that is due. Its id is below 0, so that it
 * never equals the id of an update of Telegram.
 */
export interface OwnUpdate extends Update {
  /** The content. */
  readonly own: OwnContent
}

/** Returns the content of an own update; `undefined` for an update of Telegram, whose id is never below 0. */
export function ownContent(update: Update): OwnContent | undefined {
  return update.update_id < 0 ? (update as OwnUpdate).own : undefined
}

/** The name of the field with the content of an own update, and the type of such an update. */
export const ownType = "own"

/** The start of the names of ticks: the own updates that put the runs of a repeated job. */
export const tickPrefix = "job-tick "

/** The start of the names of slices: the own updates that send a part of a broadcast. */
export const slicePrefix = "broadcast-slice "

/** Returns whether an update is a tick or a slice. Without this update, its job or broadcast would end. */
export function isTickOrSlice(update: Update): boolean {
  const name = ownContent(update)?.name ?? ""
  return name.startsWith(tickPrefix) || name.startsWith(slicePrefix)
}
