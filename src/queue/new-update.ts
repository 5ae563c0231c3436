import type { Update } from "@grammyjs/types"
import { expectInteger, unexpectedOption } from "../ground/expect-option.js"
import { type LaneRule, updateLane } from "../telegram/update-facts.js"
import type { IncomingUpdate } from "./update-queue.js"

/** An update in the form that a store writes. */
export interface NewUpdate {
  readonly botId: number
  readonly updateId: number
  readonly lane: string
  /** The update as JSON. */
  readonly body: string
  /** The update object that was given to `put`. */
  readonly update: Update
}

/** The characters that a store cannot return unchanged: NUL and lone surrogates. */
const notStorable = /\0|\p{Surrogate}/gu

/**
 * Checks the option `lane` of a queue and returns its value. Throws a `TypeError` for any other value.
 */
export function expectLaneRule(lane: unknown): LaneRule {
  if (lane === "chat" || lane === "topic" || lane === "user") return lane
  // The function's result is checked each time it is called.
  if (typeof lane === "function") return lane as (update: Update) => string
  return unexpectedOption("lane", '"chat", "topic", "user" or a function of an update', lane)
}

/**
 * Checks the option `perBot` of a queue and returns its value. Default: `Infinity`. Throws a
 * `TypeError` for a value that is not a positive integer.
 */
export function expectPerBot(perBot: unknown): number {
  if (perBot === undefined) return Infinity
  return expectInteger("perBot", perBot, 1, Number.MAX_SAFE_INTEGER)
}

/** Throws a `TypeError` if the id of the bot or of the update is no integer. */
export function expectUpdate({ botId, update }: IncomingUpdate): void {
  if (Number.isSafeInteger(botId) && Number.isSafeInteger(update.update_id)) return
  throw new TypeError("Expected an integer `botId` and an `update` with an integer `update_id`.")
}

/**
 * Converts an update to the form that a store writes. Throws a `TypeError` if the update has no valid
 * ids, or if the `lane` function does not return a string.
 */
export function newUpdate(incoming: IncomingUpdate, rule: LaneRule): NewUpdate {
  expectUpdate(incoming)
  const { botId, update, json } = incoming
  return {
    botId,
    updateId: update.update_id,
    lane: storableLane(update, rule),
    body: json ?? JSON.stringify(update),
    update,
  }
}

/**
 * Returns the lane of an update, in characters that a store can return unchanged. Throws a `TypeError` if the `lane`
 * function does not return a string.
 */
export function storableLane(update: Update, rule: LaneRule): string {
  const lane = updateLane(update, rule)
  if (typeof lane !== "string") throw laneTypeError()
  // Only the `lane` function of a user returns such characters. A replacement is better than a
  // refusal, because Telegram would send a refused update again and again.
  return lane.replace(notStorable, "\uFFFD")
}

/** Returns the `TypeError` for a `lane` function that did not return a string. */
export function laneTypeError(): TypeError {
  return new TypeError("Expected the `lane` option to be a function that returns a string.")
}
