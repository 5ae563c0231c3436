import type { Update } from "@grammyjs/types"
import type { UpdateType } from "../telegram/api.js"
import { updateType } from "../telegram/update-facts.js"
import { EventChannel } from "./event-channel.js"

/** An event that concerns an update. */
export interface UpdateEvent {
  /** The id of the bot that Telegram sent the update to. */
  readonly botId: number
  /** The update as Telegram sent it. */
  readonly update: Update
  /** The type of the update; `undefined` for an update without a recognizable type. */
  readonly type: UpdateType | undefined
}

/** A put of an update into a queue. */
export interface UpdatePut extends UpdateEvent {
  /** Whether the queue already knew the update. Set when the put has settled. */
  readonly isRepeated: boolean
}

/** The outcome of a put: `taken` if the queue has accepted the update, otherwise the reason of the refusal. */
export type PutOutcome = "taken" | "full" | "handed-back" | "failed"

/** A put that the queue has accepted or refused. The same object as its {@link UpdatePut}. */
export interface UpdateSettled extends UpdatePut {
  /** The outcome. After `taken` Telegram may forget the update. */
  readonly outcome: PutOutcome
  /** The time that the put took, in milliseconds. */
  readonly durationMs: number
  /** The error that the put rejected with. */
  readonly error?: unknown
}

/** A handling of an update that is about to begin. */
export interface UpdateHandling extends UpdateEvent {
  /** The number of the attempt: 1 at first, then one more after each retry or crash. */
  readonly attempt: number
  /**
   * Runs the handlers. A subscriber that wraps the handlers, such as a tracer that activates its
   * span, assigns a function that calls the previous one.
   */
  around: <T>(run: () => T) => T
}

/**
 * The outcome of a handling: its handlers have ended, no handler matched, a handler has thrown, the
 * handlers exceeded their time, another update has interrupted them, or they were stopped before their end
 * and the update is handed back.
 */
export type HandlingOutcome =
  | "done"
  | "unmatched"
  | "failed"
  | "timed-out"
  | "interrupted"
  | "stopped"

/** A handling of an update that has ended. The same object as its {@link UpdateHandling}. */
export interface UpdateHandled extends UpdateHandling {
  /** The outcome. */
  readonly outcome: HandlingOutcome
  /** The time that the handling took, in milliseconds. */
  readonly durationMs: number
  /** The error of the first handler that failed, or the `HandlerTimeout`. */
  readonly error?: unknown
}

/** The failure of an attempt, after which the update is retried or set aside. */
export interface UpdateUnhandled extends UpdateEvent {
  /** The number of the failed attempt. */
  readonly attempt: number
  /** The error of the attempt. */
  readonly error: unknown
}

/** A retry of an update. */
export interface UpdateRetried extends UpdateUnhandled {
  /** The wait until the next attempt, in milliseconds. */
  readonly delayMs: number
}

/** A drop of an update for which Telegram no longer accepts an answer. */
export interface UpdateStale extends UpdateEvent {
  /** The age of the update, in milliseconds. */
  readonly ageMs: number
}

/** `sounder:update:put`: an update is put into a queue. */
export const updatePut = new EventChannel<UpdatePut>("sounder:update:put")
/** `sounder:update:settled`: the queue has accepted or refused the update. */
export const updateSettled = new EventChannel<UpdateSettled>("sounder:update:settled")
/** `sounder:update:handling`: the handlers of an update are about to run. */
export const updateHandling = new EventChannel<UpdateHandling>("sounder:update:handling")
/** `sounder:update:handled`: the handlers have ended. */
export const updateHandled = new EventChannel<UpdateHandled>("sounder:update:handled")
/** `sounder:update:retried`: an update goes back to its lane for another attempt. */
export const updateRetried = new EventChannel<UpdateRetried>("sounder:update:retried")
/** `sounder:update:set-aside`: an update was set aside. */
export const updateSetAside = new EventChannel<UpdateUnhandled>("sounder:update:set-aside")
/** `sounder:update:stale`: an update was dropped because Telegram no longer accepts an answer. */
export const updateStale = new EventChannel<UpdateStale>("sounder:update:stale")

/** Returns the fields that every event of an update has. */
export function updateEvent(botId: number, update: Update): UpdateEvent {
  return { botId, update, type: updateType(update) }
}
