import { errorText } from "../../ground/error-text.js"
import { updateEvent, updateStale } from "../../events/update-events.js"
import { unexpectedOption } from "../../ground/expect-option.js"
import type { UpdateType } from "../../telegram/api.js"
import type { Update } from "../../telegram/types.js"
import { updateType } from "../../telegram/update-facts.js"

/**
 * The fate of updates to which Telegram no longer takes an answer: dropped, or handled all the same. A
 * function is called with each such update and its age in milliseconds.
 */
export type StaleRule = StaleDecision | ((update: Update, ageMs: number) => StaleDecision)

/** The fate of one update that is older than its use. */
export type StaleDecision = "drop" | "handle"

/** An update in a queue, with when it was received. */
interface ReceivedUpdate {
  readonly botId: number
  readonly update: Update
  /** In milliseconds since 1970. */
  readonly receivedAt: number
}

/**
 * How long Telegram takes an answer, in milliseconds, by type; all other types have no limit. A `Map`,
 * because the type is a text from outside: a field may be named `constructor`.
 */
const usefulMs: ReadonlyMap<string, number> = new Map<UpdateType, number>([
  // As long as Telegram's server keeps them.
  ["callback_query", 150_000],
  ["shipping_query", 150_000],
  ["inline_query", 30_000],
  // https://core.telegram.org/bots/api#answerprecheckoutquery
  ["pre_checkout_query", 10_000],
])

const logEveryMs = 60_000

/** Returns how long Telegram takes an answer to this update after its receipt, in milliseconds. */
export function usefulForMs(update: Update): number {
  const type = updateType(update)
  return (type && usefulMs.get(type)) ?? Infinity
}

/** The judge of updates that are older than their use. It logs dropped updates once a minute. */
export class StaleUpdates {
  readonly #rule: StaleRule
  readonly #log: (message: string) => void
  #dropped = 0
  #quietUntil = 0

  /** @throws TypeError for a value that is no rule */
  constructor(rule: StaleRule, log: (message: string) => void) {
    if (rule !== "drop" && rule !== "handle" && typeof rule !== "function") {
      unexpectedOption("stale", '"drop", "handle" or a function of an update and its age', rule)
    }
    this.#rule = rule
    this.#log = log
  }

  /** Returns whether an update is dropped. If so, publishes and logs it. */
  drops(received: ReceivedUpdate): boolean {
    const { update, receivedAt } = received
    const type = updateType(update)
    const limitMs = type && usefulMs.get(type)
    if (limitMs === undefined) return false
    const ageMs = Date.now() - receivedAt
    if (ageMs <= limitMs || this.#decide(update, ageMs) === "handle") return false
    this.#tell(received, ageMs, limitMs)
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

  #tell({ botId, update }: ReceivedUpdate, ageMs: number, limitMs: number): void {
    if (updateStale.hasSubscribers) updateStale.publish({ ...updateEvent(botId, update), ageMs })
    this.#dropped += 1
    const now = performance.now()
    if (now < this.#quietUntil) return
    const [waited, taken] = [Math.round(ageMs / 1_000), limitMs / 1_000]
    this.#log(
      `Dropped ${this.#dropped === 1 ? "an update" : `${this.#dropped} updates`} too old to be ` +
        `answered: ${updateType(update)} ${update.update_id} waited ${waited} s, and Telegram takes ` +
        `an answer for ${taken} s. The \`stale\` option says what becomes of them`,
    )
    this.#dropped = 0
    this.#quietUntil = now + logEveryMs
  }
}
