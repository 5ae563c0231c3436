import { errorCause, errorText, isError } from "../../ground/error-text.js"
import { type BackoffOptions, backoffMs } from "../../ground/backoff.js"
import { expectDurationMs, expectInteger, unexpectedOption } from "../../ground/expect-option.js"
import { type HandlerError, RetryAfter } from "../../telegram/errors.js"
import { isTickOrSlice } from "../../telegram/own-update.js"
import type { Update } from "../../telegram/types.js"
import type { Context } from "../context/context.js"
import { Unhandleable } from "./unhandleable.js"

/** The consequence of a handler's failure for its update. */
export type FailureDecision =
  /** Retries after the backoff. After the last attempt the update is set aside. */
  | "retry"
  /** Marks the update as done. */
  | "done"
  /** Sets the update aside at once. A queue with a store keeps it with its error. */
  | "setAside"
  /** Retries after this delay, in milliseconds. After the last attempt the update is set aside. */
  | { readonly retryInMs: number }

/** Options of retries: their number, their delays, and the errors after which an update is retried. */
export interface Attempts {
  /**
   * The maximum number of attempts of an update. Attempts that ended with a crash of the process count,
   * so that an update that crashes the process does so a limited number of times. Default: 5.
   */
  readonly max?: number
  /**
   * The delay before the next attempt, during which the lane waits. It doubles with each attempt from
   * `firstMs` (default: 1,000) to `maxMs` (default: 60,000), and is reduced at random by up to a half. A
   * function can compute the delay in milliseconds from the number of the failed attempt instead. If Telegram
   * answered a call with `retry_after`, the delay is at least that long.
   */
  readonly backoff?: BackoffOptions | ((attempt: number) => number)
  /**
   * Decides about a failed update. Return `"done"` or `"setAside"` for errors that a retry cannot solve,
   * such as a user who has blocked the bot. A throw is logged and counts as `"retry"`. Default: always
   * `"retry"`.
   */
  readonly decide?: (error: HandlerError, ctx: Context) => FailureDecision
}

/** A failed attempt and its consequence. */
export interface Failure {
  /** The number of the failed attempt, from 1. */
  readonly attempt: number
  /** Whether no attempt follows. */
  readonly isLast: boolean
  /** The consequence for the update. */
  readonly next: "retry" | "done" | "setAside"
  /** Milliseconds until the next attempt; present if `next` is `"retry"`. */
  readonly retryInMs?: number
  /** False if the attempt does not count. Default: true. */
  readonly isCounted?: boolean
}

/** The time after which a tick or a slice is put again, in milliseconds. */
export const putAgainMs = 60_000

const defaultMax = 5
const defaultBackoff = { firstMs: 1_000, maxMs: 60_000 }

/** The rule that turns a handler's error into its consequence. */
export class FailureRule {
  /** The maximum number of attempts of an update. */
  readonly max: number
  readonly #attempts: Attempts | undefined
  readonly #log: (message: string) => void

  /**
   * @param attempts `undefined` for no retries: a failed update is done
   * @param log logs the errors of the functions in `attempts`
   * @throws TypeError for a wrong option
   */
  constructor(attempts: Attempts | undefined, log: (message: string) => void) {
    if (attempts !== undefined && (typeof attempts !== "object" || attempts === null)) {
      unexpectedOption("attempts", "an object, as in `{ max: 5 }`", attempts)
    }
    const { max = defaultMax, backoff, decide } = attempts ?? {}
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
    if (error.cause instanceof Unhandleable) return setAsideFailure(attempt)
    if (isTickOrSlice(ctx.update)) return this.judgeUnhandled(error, attempt)
    if (!this.#attempts) return { attempt, isLast: true, next: "done" }
    const decision = this.#decide(this.#attempts, error, ctx)
    if (decision === "done") return { attempt, isLast: true, next: "done" }
    if (decision === "setAside" || attempt >= this.max) return setAsideFailure(attempt)
    const retryInMs =
      decision === "retry" ? this.#waitMs(this.#attempts, error, attempt) : decision.retryInMs
    return { attempt, isLast: false, next: "retry", retryInMs }
  }

  /**
   * Returns the consequence of an error that no handler of the program has thrown: a retry, even without
   * `attempts`, because no handler's work would be done twice.
   */
  judgeUnhandled(error: HandlerError, attempt: number): Failure {
    if (attempt >= this.max) return lastFailure(error.update, attempt)
    const retryInMs = this.#waitMs(this.#attempts ?? {}, error, attempt)
    return { attempt, isLast: false, next: "retry", retryInMs }
  }

  #decide({ decide }: Attempts, error: HandlerError, ctx: Context): FailureDecision {
    if (!decide) return "retry"
    try {
      return expectDecision(decide(error, ctx))
    } catch (thrown) {
      this.#log(`\`attempts.decide\` failed, the update is retried: ${errorText(thrown)}`)
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
        : backoffMs(attempt - 1, { ...defaultBackoff, ...backoff })
      return expectDurationMs("attempts.backoff", waitMs)
    } catch (thrown) {
      this.#log(`\`attempts.backoff\` failed, the default backoff is used: ${errorText(thrown)}`)
      return backoffMs(attempt - 1, defaultBackoff)
    }
  }
}

/** Returns a failure whose consequence is that the update is set aside. */
export function setAsideFailure(attempt: number): Failure {
  return { attempt, isLast: true, next: "setAside" }
}

/**
 * Returns the failure of an update without further attempts: the update is set aside. A tick or a slice is
 * done instead, because it is put again.
 */
export function lastFailure(update: Update, attempt: number): Failure {
  return isTickOrSlice(update) ? { attempt, isLast: true, next: "done" } : setAsideFailure(attempt)
}

/**
 * Returns a failure whose consequence ends its attempt (retry or set aside); `undefined` if the handlers of later
 * groups may still run.
 */
export function unlessDone(failure: Failure | undefined): Failure | undefined {
  return failure?.next === "done" ? undefined : failure
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
    'a function that returns "retry", "done", "setAside" or { retryInMs }',
    decision,
  )
}

/**
 * Returns the first `retry_after` in the chain of the error's causes, in milliseconds; 0 if the first ten
 * causes have none.
 */
function retryAfterMs(error: HandlerError): number {
  let cause: unknown = error.cause
  for (let depth = 0; depth < 10 && isError(cause); depth++, cause = errorCause(cause)) {
    if (cause instanceof RetryAfter) return cause.retryAfter * 1_000
  }
  return 0
}
