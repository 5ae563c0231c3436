import { errorCause, errorText, isError } from "../../ground/error-text.js"
import { type BackoffOptions, backoffMs } from "../../ground/backoff.js"
import { expectDurationMs, expectInteger, unexpectedOption } from "../../ground/expect-option.js"
import { type HandlerError, RetryAfter } from "../../telegram/errors.js"
import type { Context } from "../context/context.js"

/** The fate of an update whose handler has failed. */
export type FailureDecision =
  /** Tries the update again after the backoff; sets it aside after its last attempt. */
  | "retry"
  /** Counts the update as handled. */
  | "done"
  /** Moves the update out of its lane, kept with its error where the queue can. */
  | "setAside"
  /** Tries the update again after so many milliseconds; sets it aside after its last attempt. */
  | { readonly retryInMs: number }

/** The rule for attempts: how often, how soon, and after which errors. */
export interface Attempts {
  /**
   * The most attempts of an update. An attempt that ended with its process counts, too, so that an
   * update that ends the process does not do so for ever. Default: 5.
   */
  readonly max?: number
  /**
   * How long an update waits before it is tried again, in its place in the lane: doubled each time
   * from `firstMs` (1,000 ms) up to `maxMs` (60,000 ms), the upper half of it random; or a function
   * of the failed attempt's number that returns milliseconds. Where a call to Telegram was answered
   * with `retry_after`, it waits at least that long.
   */
  readonly backoff?: BackoffOptions | ((attempt: number) => number)
  /**
   * Judges a failure. For an error that no repetition mends, as when a user has blocked the bot,
   * return `"done"` or `"setAside"`. A function that throws counts as `"retry"`. Default: `"retry"`.
   */
  readonly decide?: (error: HandlerError, ctx: Context) => FailureDecision
}

/** A failed attempt and its consequence. */
export interface Failure {
  /** The number of the failed attempt; 1 is the first. */
  readonly attempt: number
  /** Whether this was the last attempt. */
  readonly isLast: boolean
  /** The fate of the update. */
  readonly next: "retry" | "done" | "setAside"
  /** The wait before the next attempt, in milliseconds; absent where there is none. */
  readonly retryInMs?: number
}

const usualMax = 5
const usualBackoff = { firstMs: 1_000, maxMs: 60_000 }

/** The judge of failures. */
export class FailureRule {
  /** The most attempts of an update. */
  readonly max: number
  readonly #attempts: Attempts | undefined
  readonly #log: (message: string) => void

  /**
   * @param attempts without them a failure is reported, and the update done
   * @param log gets the errors of the functions in `attempts`
   * @throws TypeError for a wrong option
   */
  constructor(attempts: Attempts | undefined, log: (message: string) => void) {
    if (attempts !== undefined && (typeof attempts !== "object" || attempts === null)) {
      unexpectedOption("attempts", "an object, as in `{ max: 5 }`", attempts)
    }
    const { max = usualMax, backoff, decide } = attempts ?? {}
    this.max = expectInteger("attempts.max", max, 1, Number.MAX_SAFE_INTEGER)
    if (typeof backoff === "object") expectBackoff(backoff)
    else if (backoff !== undefined && typeof backoff !== "function") {
      unexpectedOption("attempts.backoff", "an object or a function of the attempt", backoff)
    }
    if (decide !== undefined && typeof decide !== "function") {
      unexpectedOption("attempts.decide", "a function", decide)
    }
    this.#attempts = attempts
    this.#log = log
  }

  /** Returns the consequence of an error. Never throws. */
  judge(error: HandlerError, ctx: Context): Failure {
    const { attempt } = ctx
    if (!this.#attempts) return { attempt, isLast: true, next: "done" }
    const decision = this.#decide(this.#attempts, error, ctx)
    if (decision === "done") return { attempt, isLast: true, next: "done" }
    if (decision === "setAside" || attempt >= this.max) return spent(attempt)
    const retryInMs =
      decision === "retry" ? this.#waitMs(this.#attempts, error, attempt) : decision.retryInMs
    return { attempt, isLast: false, next: "retry", retryInMs }
  }

  /** Returns the consequence of an error that came before any handler was asked: another attempt. */
  retryUnseen(error: HandlerError, attempt: number): Failure {
    if (attempt >= this.max) return spent(attempt)
    const retryInMs = this.#waitMs(this.#attempts ?? {}, error, attempt)
    return { attempt, isLast: false, next: "retry", retryInMs }
  }

  #decide({ decide }: Attempts, error: HandlerError, ctx: Context): FailureDecision {
    if (!decide) return "retry"
    try {
      return expectDecision(decide(error, ctx))
    } catch (thrown) {
      this.#log(`\`attempts.decide\` failed, the update is tried again: ${errorText(thrown)}`)
      return "retry"
    }
  }

  #waitMs({ backoff }: Attempts, error: HandlerError, attempt: number): number {
    return Math.max(this.#backoffMs(backoff, attempt), retryAfterMs(error))
  }

  #backoffMs(backoff: Attempts["backoff"], attempt: number): number {
    const isFunction = typeof backoff === "function"
    try {
      const waitMs = isFunction
        ? backoff(attempt)
        : backoffMs(attempt - 1, { ...usualBackoff, ...backoff })
      return expectDurationMs("attempts.backoff", waitMs)
    } catch (thrown) {
      this.#log(`\`attempts.backoff\` failed, the usual one is taken: ${errorText(thrown)}`)
      return backoffMs(attempt - 1, usualBackoff)
    }
  }
}

/** Returns the failure of an update that is set aside. */
export function spent(attempt: number): Failure {
  return { attempt, isLast: true, next: "setAside" }
}

function expectBackoff({ firstMs, maxMs }: BackoffOptions): void {
  if (firstMs !== undefined) expectDurationMs("attempts.backoff.firstMs", firstMs)
  if (maxMs !== undefined) expectDurationMs("attempts.backoff.maxMs", maxMs)
}

function expectDecision(decision: unknown): FailureDecision {
  if (decision === "retry" || decision === "done" || decision === "setAside") return decision
  if (typeof decision === "object" && decision !== null && "retryInMs" in decision) {
    return { retryInMs: expectDurationMs("retryInMs", decision.retryInMs) }
  }
  return unexpectedOption(
    "attempts.decide",
    'a function that answers "retry", "done", "setAside" or { retryInMs }',
    decision,
  )
}

/** Returns the `retry_after` of an error or one of its causes, in milliseconds; 0 without one. */
function retryAfterMs(error: HandlerError): number {
  let cause: unknown = error.cause
  for (let depth = 0; depth < 10 && isError(cause); depth++, cause = errorCause(cause)) {
    if (cause instanceof RetryAfter) return cause.retryAfter * 1_000
  }
  return 0
}
