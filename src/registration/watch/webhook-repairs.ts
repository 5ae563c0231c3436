/** What is done about a webhook that is not as it was asked for. */
export type RepairStep =
  | { readonly kind: "none" }
  /** It is left as it is until then, as `performance.now` counts. */
  | { readonly kind: "wait"; readonly untilMs: number; readonly isNew: boolean }
  /** It is set right. */
  | { readonly kind: "repair"; readonly isContested: boolean }

/** How long a difference has to be there before it is set right, in milliseconds. */
const graceMs = 30_000
/** The wait between the first two repairs, in milliseconds; each one after that is twice as long. */
const firstPauseMs = 5 * 60_000
/** The longest wait between two repairs, in milliseconds. */
const longestPauseMs = 6 * 60 * 60_000
/** After so long without a difference the waits are short again, in milliseconds. */
const forgivenMs = 60 * 60_000

/**
 * Decides when a webhook that another program has changed is set right. Not at once: while a new
 * version of the same bot takes over, the old one must not undo what the new one has set. And ever
 * more rarely: of two programs that both insist, each would cut off the deliveries of the other.
 */
export class WebhookRepairs {
  readonly #graceMs: number
  #seenAtMs: number | undefined
  #repairedAtMs = -Infinity
  #repairs = 0

  /** @param grace how long a difference has to be there, in milliseconds; 30,000 by default */
  constructor(grace = graceMs) {
    this.#graceMs = grace
  }

  /** How often it was set right, since it last was as it should be for an hour. */
  get repairs(): number {
    return this.#repairs
  }

  /** What is to be done after a look at `nowMs`. A repair counts from here, however it ends. */
  next(isDifferent: boolean, nowMs: number): RepairStep {
    if (!isDifferent) return this.#settle(nowMs)
    const isNew = this.#seenAtMs === undefined
    this.#seenAtMs ??= nowMs
    const untilMs = Math.max(this.#seenAtMs + this.#graceMs, this.#repairedAtMs + this.#pauseMs())
    if (nowMs < untilMs) return { kind: "wait", untilMs, isNew }
    this.#seenAtMs = undefined
    this.#repairedAtMs = nowMs
    this.#repairs += 1
    return { kind: "repair", isContested: this.#repairs > 1 }
  }

  #settle(nowMs: number): RepairStep {
    this.#seenAtMs = undefined
    if (nowMs - this.#repairedAtMs > forgivenMs) this.#repairs = 0
    return { kind: "none" }
  }

  #pauseMs(): number {
    if (this.#repairs === 0) return 0
    return Math.min(longestPauseMs, firstPauseMs * 2 ** (this.#repairs - 1))
  }
}
