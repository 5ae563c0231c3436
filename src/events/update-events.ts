import type { Update } from "@grammyjs/types"
import type { UpdateType } from "../telegram/api.js"
import { updateType } from "../telegram/update-facts.js"
import { EventChannel } from "./event-channel.js"

/** An update that something happens to. */
export interface UpdateEvent {
  /** The bot that Telegram sent it to. */
  readonly botId: number
  /** The update as Telegram sent it. */
  readonly update: Update
  /** Its type; `undefined` where it has none that can be told. */
  readonly type: UpdateType | undefined
}

/** An update is given to a queue. */
export interface UpdatePut extends UpdateEvent {
  /** Whether the queue has, or has had, the update already. Known when the put has settled. */
  readonly isRepeated: boolean
}

/** How a put came out: taken, or refused for this reason. */
export type PutOutcome = "taken" | "full" | "handed-back" | "failed"

/** What was given to a queue has been taken or refused. The same object as its {@link UpdatePut}. */
export interface UpdateSettled extends UpdatePut {
  /** How it came out. With `taken` Telegram may forget the update. */
  readonly outcome: PutOutcome
  /** How long it took, in milliseconds. */
  readonly durationMs: number
  /** What the put was refused with. */
  readonly error?: unknown
}

/** The handlers of an update are about to run. */
export interface UpdateHandling extends UpdateEvent {
  /** 1 the first time, then one more after each retry. */
  readonly attempt: number
  /**
   * Runs the handlers. Who has something to put around them (a tracer that makes its span the
   * present one) assigns a function that calls the one that was here.
   */
  around: <T>(run: () => T) => T
}

/**
 * How the handling of an update came out: its handlers have ended, there was none for it, one has
 * thrown, they were over their time, or they were told to end with their work undone.
 */
export type HandlingOutcome = "done" | "unmatched" | "failed" | "timed-out" | "interrupted"

/** The handling of an update has ended. The same object as its {@link UpdateHandling}. */
export interface UpdateHandled extends UpdateHandling {
  /** How it came out. */
  readonly outcome: HandlingOutcome
  /** How long it took, in milliseconds. */
  readonly durationMs: number
  /** What the handler threw, or the `HandlerTimeout`; the first where several have. */
  readonly error?: unknown
}

/** An update is handled again, or no more. */
export interface UpdateUnhandled extends UpdateEvent {
  /** Which attempt has ended with this. */
  readonly attempt: number
  /** Why. */
  readonly error: unknown
}

/** An update is handled again later. */
export interface UpdateRetried extends UpdateUnhandled {
  /** How long it waits, in milliseconds. */
  readonly delayMs: number
}

/** An update was not handled because it was older than its use. */
export interface UpdateStale extends UpdateEvent {
  /** How old it was, in milliseconds. */
  readonly ageMs: number
}

/** `sounder:update:put`: an update is given to a queue. */
export const updatePut = new EventChannel<UpdatePut>("sounder:update:put")
/** `sounder:update:settled`: it was taken or refused. */
export const updateSettled = new EventChannel<UpdateSettled>("sounder:update:settled")
/** `sounder:update:handling`: the handlers of an update are about to run. */
export const updateHandling = new EventChannel<UpdateHandling>("sounder:update:handling")
/** `sounder:update:handled`: they have ended. */
export const updateHandled = new EventChannel<UpdateHandled>("sounder:update:handled")
/** `sounder:update:retried`: an update goes back to its lane, to be handled again. */
export const updateRetried = new EventChannel<UpdateRetried>("sounder:update:retried")
/** `sounder:update:set-aside`: an update has left its lane unhandled. */
export const updateSetAside = new EventChannel<UpdateUnhandled>("sounder:update:set-aside")
/** `sounder:update:stale`: an update was dropped because it was older than its use. */
export const updateStale = new EventChannel<UpdateStale>("sounder:update:stale")

/** What is told of an update, from the update. */
export function updateEvent(botId: number, update: Update): UpdateEvent {
  return { botId, update, type: updateType(update) }
}
