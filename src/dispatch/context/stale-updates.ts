import { errorText } from "../../ground/error-text.js"
import { updateEvent, updateStale } from "../../events/update-events.js"
import { unexpectedOption } from "../../ground/expect-option.js"
import { ageOf } from "../../ground/wall-clock.js"
import type { UpdateType } from "../../telegram/api.js"
import type { Update } from "../../telegram/types.js"
import { updateType } from "../../telegram/update-facts.js"

/**
 * The rule for updates to which Telegram no longer accepts an answer: `"drop"` or `"handle"`. A function is
 * called with each such update and its age in milliseconds. If it throws, the error is logged and the
 * update handled.
 */
export type StaleRule = StaleDecision | ((update: Update, ageMs: number) => StaleDecision)

/** The decision about one stale update: `"drop"` counts it as done, `"handle"` calls its handlers. */
export type StaleDecision = "drop" | "handle"

/** An update and its time of receipt. */
interface ReceivedUpdate {
  readonly botId: number
  readonly update: Update
  /** In milliseconds since 1970. */
  readonly receivedAt: number
}

/**
 * Milliseconds for which Telegram accepts an answer, by update type; all other types have no limit. A `Map`
 * and not an object, because the type is an untrusted string, such as `constructor`.
 */
const answerableMs: ReadonlyMap<string, number> = new Map<UpdateType, number>([
  // The lifetimes of queries in the source code of Telegram's Bot API server.
  ["callback_query", 150_000],
  ["shipping_query", 150_000],
  ["inline_query", 30_000],
  // https://core.telegram.org/bots/api#answerprecheckoutquery
  ["pre_checkout_query", 10_000],
  // https://core.telegram.org/bots/api#answerwidgetquery
  ["widget_query", 15_000],
  ["shared_widget_query", 15_000],
])

/** The shortest time between two log lines about dropped updates, in milliseconds. */
const logEveryMs = 60_000

/** Returns the milliseconds after its receipt for which Telegram accepts an answer to an update. */
export function answerableForMs(update: Update): number {
  const type = updateType(update)
  return (type && answerableMs.get(type)) ?? Infinity
}

/** The `stale` rule of a dispatcher. Dropped updates are logged at most once per minute. */
export class StaleUpdates {
  readonly #rule: StaleRule
  readonly #log: (message: string) => void
  #dropped = 0
  #nextLogAt = 0

  /** @throws TypeError for an invalid rule */
  constructor(rule: StaleRule, log: (message: string) => void) {
    if (rule !== "drop" && rule !== "handle" && typeof rule !== "function") {
      unexpectedOption("stale", '"drop", "handle" or a function of an update and its age', rule)
    }
    this.#rule = rule
    this.#log = log
  }

  /**
   * Returns whether an update of a type must be dropped. If so, publishes the `updateStale` event and logs.
   */
  dropIfStale(received: ReceivedUpdate, type: UpdateType | undefined): boolean {
    const { update, receivedAt } = received
    const limitMs = type && answerableMs.get(type)
    if (limitMs === undefined) return false
    const ageMs = ageOf(receivedAt)
    if (ageMs <= limitMs || this.#decide(update, ageMs) === "handle") return false
    this.#announce(received, ageMs, limitMs)
    return true
  }

  #decide(update: Update, ageMs: number): StaleDecision {
    if (typeof this.#rule !== "function") return this.#rule
    try {
      return this.#rule(update, ageMs)
    } catch (error) {
      const reason = errorText(error)
      this.#log(`\`stale\` failed on update ${update.update_id}, which is handled: ${reason}`)
      return "handle"
    }
  }

  #announce({ botId, update }: ReceivedUpdate, ageMs: number, limitMs: number): void {
    if (updateStale.hasSubscribers) updateStale.publish({ ...updateEvent(botId, update), ageMs })
    this.#dropped += 1
    const now = performance.now()
    if (now < this.#nextLogAt) return
    const [ageSeconds, limitSeconds] = [Math.round(ageMs / 1_000), limitMs / 1_000]
    this.#log(
      `Dropped ${this.#dropped === 1 ? "an update" : `${this.#dropped} updates`} too old to be ` +
        `answered: ${updateType(update)} ${update.update_id} waited ${ageSeconds} s, and Telegram accepts ` +
        `an answer for ${limitSeconds} s. To handle such updates, set the \`stale\` option`,
    )
    this.#dropped = 0
    this.#nextLogAt = now + logEveryMs
  }
}
