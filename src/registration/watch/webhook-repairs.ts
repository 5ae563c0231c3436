/** The decision about a webhook after a check. */
export type RepairDecision =
  /** The webhook is as wanted. */
  | { readonly kind: "none" }
  /**
   * The webhook differs, and is not repaired before `untilMs` of `performance.now`. `isNew` is true for the
   * first check that shows the difference.
   */
  | { readonly kind: "wait"; readonly untilMs: number; readonly isNew: boolean }
  /** The webhook is repaired now. `isContested` is true from the second repair on. */
  | { readonly kind: "repair"; readonly isContested: boolean }

/** The time for which a difference has to last before it is repaired, in milliseconds. */
const defaultGraceMs = 30_000
/** The wait between the first two repairs, in milliseconds. Each further wait is twice as long. */
const firstPauseMs = 5 * 60_000
/** The longest wait between two repairs, in milliseconds. */
const longestPauseMs = 6 * 60 * 60_000
/** The time after a repair from which a check without a difference makes the waits short again, in milliseconds. */
const calmMs = 60 * 60_000

/**
 * The schedule of repairs of a webhook that another program has changed. A repair waits at first, so
 * that the old version of a bot does not undo the registration of its successor. The waits grow, so that
 * two programs that both repair do not cut off each other's deliveries all the time.
 */
export class WebhookRepairs {
  readonly #graceMs: number
  /** The time of the first check that showed the current difference; `undefined` without a difference. */
  #seenAtMs: number | undefined
  #repairedAtMs = -Infinity
  #repairs = 0

  /** @param graceMs the time for which a difference has to last; `Infinity` for no repairs. Default: 30,000 */
  constructor(graceMs = defaultGraceMs) {
    this.#graceMs = graceMs
  }

  /** The number of repairs; 0 again if a check without a difference comes more than an hour after the last repair. */
  get repairs(): number {
    return this.#repairs
  }

  /** Decides after a check at `nowMs`. A decision to repair counts as a repair, even if it fails. */
  next(isDifferent: boolean, nowMs: number): RepairDecision {
    if (!isDifferent) return this.#onMatch(nowMs)
    const isNew = this.#seenAtMs === undefined
    this.#seenAtMs ??= nowMs
    const untilMs = Math.max(this.#seenAtMs + this.#graceMs, this.#repairedAtMs + this.#pauseMs())
    if (nowMs < untilMs) return { kind: "wait", untilMs, isNew }
    this.#seenAtMs = undefined
    this.#repairedAtMs = nowMs
    this.#repairs += 1
    return { kind: "repair", isContested: this.#repairs > 1 }
  }

  #onMatch(nowMs: number): RepairDecision {
    this.#seenAtMs = undefined
    if (nowMs - this.#repairedAtMs > calmMs) this.#repairs = 0
    return { kind: "none" }
  }

  #pauseMs(): number {
    if (this.#repairs === 0) return 0
    return Math.min(longestPauseMs, firstPauseMs * 2 ** (this.#repairs - 1))
  }
}
