import type { Update } from "@grammyjs/types"
import { expectInteger, unexpectedOption } from "../ground/expect-option.js"
import { type LaneRule, updateLane } from "../telegram/update-facts.js"
import type { IncomingUpdate } from "./update-queue.js"

/** An update to be stored. */
export interface NewUpdate {
  readonly botId: number
  readonly updateId: number
  readonly lane: string
  /** The update as JSON. */
  readonly body: string
  /** The update as it was put. */
  readonly update: Update
}

/** What a store cannot give back unchanged: NUL, and lone surrogates. */
const notStorable = /\0|\p{Surrogate}/gu

/** The option `lane` of a queue; throws a `TypeError` for what is none. */
export function expectLaneRule(lane: unknown): LaneRule {
  if (lane === "chat" || lane === "topic" || lane === "user") return lane
  // What a function answers is looked at when it has answered.
  if (typeof lane === "function") return lane as (update: Update) => string
  return unexpectedOption("lane", '"chat", "topic", "user" or a function of an update', lane)
}

/** The option `perBot` of a queue; throws a `TypeError` for what is none. */
export function expectPerBot(perBot: unknown): number {
  if (perBot === undefined) return Infinity
  return expectInteger("perBot", perBot, 1, Number.MAX_SAFE_INTEGER)
}

/** Throws a `TypeError` for what is not an update of a bot. */
export function expectUpdate({ botId, update }: IncomingUpdate): void {
  if (Number.isSafeInteger(botId) && Number.isSafeInteger(update.update_id)) return
  throw new TypeError("Expected an integer `botId` and an `update` with an integer `update_id`.")
}

/** What is stored of an update; throws a `TypeError` for one that cannot be. */
export function newUpdate(incoming: IncomingUpdate, rule: LaneRule): NewUpdate {
  expectUpdate(incoming)
  const { botId, update, json } = incoming
  const lane = updateLane(update, rule)
  if (typeof lane !== "string") throw notALane()
  return {
    botId,
    updateId: update.update_id,
    // Telegram names no chat so; refused, it would come again and again.
    lane: lane.replace(notStorable, "\uFFFD"),
    body: json ?? JSON.stringify(update),
    update,
  }
}

/** The `TypeError` for what a `lane` function must not answer. */
export function notALane(): TypeError {
  return new TypeError("Expected the `lane` option to be a function that answers a string.")
}
