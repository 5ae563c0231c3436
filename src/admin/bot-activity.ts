import {
  deliveryFailed,
  pollingSetback,
  updateHandled,
  updateSetAside,
  updateSettled,
} from "../events/index.js"
import { type ExplainedError, explainError, explainWebhookText } from "./explain-error.js"

/** The number of errors that are remembered for a bot, and the number of bots whose errors are remembered. */
const [errorsPerBot, botsWithErrors] = [5, 2_000] as const
/** The length of a period over which updates are counted, in milliseconds. */
const periodMs = 60_000

/** The traffic of a bot since the page was started. */
export interface BotTraffic {
  /** The number of new updates that the queue has accepted. */
  received: number
  /** The number of updates whose handlers have ended without an error. */
  handled: number
  /** The number of updates whose handlers have failed. */
  failed: number
  /** The time of the last new update, in milliseconds since 1970; 0 if there was none. */
  lastAt: number
}

/** A failure of a bot. */
export interface BotFailureEvent extends ExplainedError {
  readonly botId: number
  /** The time of the last occurrence, in milliseconds since 1970. */
  readonly at: number
  /** The number of occurrences one after the other. */
  readonly count: number
}

/** A {@link BotTraffic} with the updates of this period and of the one before. */
interface Counts extends BotTraffic {
  period: number
  current: number
  previous: number
}

/**
 * The traffic and the last errors of the bots of this process, counted from the construction to the disposal. The
 * memory is bounded by the number of bots: each page forgets those that have left the fleet.
 */
export class BotActivity implements Disposable {
  readonly #counts = new Map<number, Counts>()
  readonly #errors = new Map<number, readonly BotFailureEvent[]>()
  readonly #unsubscribers: readonly (() => void)[]

  constructor() {
    this.#unsubscribers = [
      updateSettled.subscribe(({ botId, outcome, isRepeated, error }) => {
        if (outcome === "taken" && !isRepeated) this.#count(botId)
        else if (outcome === "failed") this.#fail(botId, error)
      }),
      updateHandled.subscribe(({ botId, outcome, error }) => {
        const hasFailed = outcome === "failed" || outcome === "timed-out"
        if (hasFailed) this.#fail(botId, error)
        if (outcome !== "stopped") this.#of(botId)[hasFailed ? "failed" : "handled"] += 1
      }),
      updateSetAside.subscribe(({ botId, error }) => this.#noteOnce(botId, explainError(error))),
      pollingSetback.subscribe(({ botId, error }) => this.#fail(botId, error)),
      deliveryFailed.subscribe(({ botId, message }) =>
        this.#note(botId, explainWebhookText(message)),
      ),
    ]
  }

  /** Returns the traffic of a bot. */
  trafficOf(botId: number): BotTraffic & { readonly perMinute: number } {
    const counts = this.#counts.get(botId)
    if (!counts) return { received: 0, handled: 0, failed: 0, lastAt: 0, perMinute: 0 }
    const nowMs = performance.now()
    this.#turn(counts, nowMs)
    const share = 1 - (nowMs % periodMs) / periodMs
    return { ...counts, perMinute: Math.round(counts.current + counts.previous * share) }
  }

  /** Returns the last errors of a bot, the newest first. */
  errorsOf(botId: number): readonly BotFailureEvent[] {
    return this.#errors.get(botId) ?? []
  }

  /** Returns the last error of each of the bots that failed last, the newest first. */
  lastErrors(count: number): readonly BotFailureEvent[] {
    return [...this.#errors.values()]
      .toReversed()
      .slice(0, count)
      .flatMap(([newest]) => newest ?? [])
  }

  /** Forgets the bots that have left the fleet. */
  keepOnly(has: (botId: number) => boolean): void {
    for (const map of [this.#counts, this.#errors]) {
      for (const botId of map.keys()) if (!has(botId)) map.delete(botId)
    }
  }

  /** Ends the counting. */
  [Symbol.dispose](): void {
    for (const unsubscribe of this.#unsubscribers) unsubscribe()
  }

  #count(botId: number): void {
    const counts = this.#of(botId)
    this.#turn(counts, performance.now())
    counts.received += 1
    counts.current += 1
    counts.lastAt = Date.now()
  }

  #of(botId: number): Counts {
    const known = this.#counts.get(botId)
    if (known) return known
    const counts = {
      ...{ received: 0, handled: 0, failed: 0, lastAt: 0 },
      ...{ period: 0, current: 0, previous: 0 },
    }
    this.#counts.set(botId, counts)
    return counts
  }

  /** Begins a new period if the last one is over. */
  #turn(counts: Counts, nowMs: number): void {
    const period = Math.floor(nowMs / periodMs)
    if (counts.period === period) return
    counts.previous = counts.period === period - 1 ? counts.current : 0
    counts.current = 0
    counts.period = period
  }

  #fail(botId: number, error: unknown): void {
    this.#note(botId, explainError(error))
  }

  /** Adds an error, unless it is the last one: the failed handling that led to it. */
  #noteOnce(botId: number, error: ExplainedError): void {
    if (this.errorsOf(botId)[0]?.text !== error.text) this.#note(botId, error)
  }

  #note(botId: number, error: ExplainedError): void {
    const before = this.errorsOf(botId)
    const [last] = before
    const isSame = last?.text === error.text
    const event = { ...error, botId, at: Date.now(), count: isSame ? last.count + 1 : 1 }
    // The bot becomes the last one of the map, so that the bot that failed first is forgotten first.
    this.#errors.delete(botId)
    this.#errors.set(botId, [event, ...(isSame ? before.slice(1) : before)].slice(0, errorsPerBot))
    if (this.#errors.size <= botsWithErrors) return
    for (const oldest of this.#errors.keys()) return void this.#errors.delete(oldest)
  }
}
