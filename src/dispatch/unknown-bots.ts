import { processAgeClock } from "../ground/wall-clock.js"
import type { Delivery, UpdateReference } from "../queue/update-queue.js"
import { referenceOf } from "./consumer/delivery-reference.js"
import { type Work, workWithoutHandlers } from "./consumer/work.js"
import { setAsideFailure } from "./handlers/failure-rule.js"

/** The longest time for which an update waits for its bot, in milliseconds: as long as Telegram keeps an update. */
const longestWaitMs = 24 * 60 * 60_000
/** The shortest and the longest pause between two attempts, in milliseconds. */
const [shortestPauseMs, longestPauseMs] = [250, 60_000] as const
/** The pause between two attempts, as a share of the update's age. */
const shareOfAge = 1 / 4
/** The pause between two log lines, in milliseconds. */
const lineEveryMs = 60_000

/**
 * The updates of bots that a dispatcher does not know. A dispatcher of one bot sets them aside. In a dispatcher of
 * several bots they wait in their lanes, because another process may know the bot, or the program adds it; after a day
 * they are set aside.
 */
export class UnknownBots {
  readonly #only: { readonly id: number } | undefined
  readonly #log: (message: string, about: UpdateReference) => void
  #nextLineMs = -Infinity

  /**
   * @param only the bot of the dispatcher; `undefined` for several bots
   * @param log logs an error of an update
   */
  constructor(
    only: { readonly id: number } | undefined,
    log: (message: string, about: UpdateReference) => void,
  ) {
    this.#only = only
    this.#log = log
  }

  /** Returns the ended handling of an update. */
  handle(delivery: Delivery): Work {
    const ageMs = processAgeClock().ageOf(delivery.receivedAt)
    if (this.#only || ageMs >= longestWaitMs) return this.#setAside(delivery)
    this.#reportWaiting(delivery)
    const retryInMs = Math.min(longestPauseMs, Math.max(shortestPauseMs, ageMs * shareOfAge))
    const { attempt } = delivery
    return workWithoutHandlers({
      attempt,
      isLast: false,
      next: "retry",
      retryInMs,
      isCounted: false,
    })
  }

  #setAside(delivery: Delivery): Work {
    const { botId, updateId } = referenceOf(delivery)
    const reason = this.#only
      ? `this dispatcher handles bot ${this.#only.id}: give each bot its own queue`
      : "this dispatcher has not known it for a day: add the bot, then replay the update"
    const error = new TypeError(`The update is for bot ${botId}, and ${reason}`)
    this.#log(`Update ${updateId} was set aside. ${error.message}`, { botId, updateId })
    return workWithoutHandlers(setAsideFailure(delivery.attempt), error)
  }

  /** Logs a waiting update, at most once per minute. */
  #reportWaiting(delivery: Delivery): void {
    const nowMs = performance.now()
    if (nowMs < this.#nextLineMs) return
    this.#nextLineMs = nowMs + lineEveryMs
    const about = referenceOf(delivery)
    this.#log(
      `Update ${about.updateId} waits for bot ${about.botId}, which this process lacks`,
      about,
    )
  }
}
