import { errorText } from "../ground/error-text.js"
import { callQueue } from "../queue/call-queue.js"
import type { Update } from "@grammyjs/types"
import { pollingFetched } from "../events/index.js"
import { InvalidUpdate, NetworkError } from "../telegram/errors.js"
import { parseUpdate } from "../telegram/parse-update.js"
import { mostUpdates, type NextStep, nextStep } from "./next-step.js"
import type { PollingSettings } from "./polling-options.js"
import { FailureReporter } from "./failure-reporter.js"
import { Room } from "./room.js"
import { type Attempt, UnconfirmedUpdates } from "./unconfirmed-updates.js"
import { WakeUp } from "./wake-up.js"

type Fetch = Extract<NextStep, { kind: "fetch" }>

/** How long to wait after an answer of which nothing could be used. */
const uselessMs = 2000

/** The loop of polling: decides ({@link nextStep}), calls or waits, and puts what came. */
export class PollLoop {
  readonly #settings: PollingSettings
  readonly #failures: FailureReporter
  readonly #updates = new UnconfirmedUpdates()
  readonly #room: Room
  readonly #wakeUp = new WakeUp()
  readonly #ring = () => this.#wakeUp.ring()
  #lastCall: { readonly at: number; readonly offset: number | undefined } | undefined
  #answeredAt = 0
  #notBefore = 0

  constructor(settings: PollingSettings) {
    this.#settings = settings
    this.#room = new Room(settings, this.#updates)
    this.#failures = new FailureReporter(settings.bot.id, settings.logger, now)
  }

  /** How many updates were put whose `put` has not settled. */
  get outstanding(): number {
    return this.#updates.outstanding
  }

  /** Forgets what can be confirmed, and returns its offset where Telegram may not know of it yet. */
  releaseOffset(): number | undefined {
    const offset = this.#updates.release()
    return this.#updates.hasNews ? offset : undefined
  }

  /** The offset of the last call, if that was made less than `ms` milliseconds ago. */
  offsetWithin(ms: number): number | undefined {
    return this.#lastCall && now() - this.#lastCall.at < ms ? this.#lastCall.offset : undefined
  }

  /**
   * Polls until `signal` aborts; rejects when Telegram no longer knows the token.
   *
   * @param mayGoOn is asked before every step
   */
  async run(signal: AbortSignal, mayGoOn: () => boolean = () => true): Promise<void> {
    while (!signal.aborted && mayGoOn()) {
      const step = nextStep(this.#state(signal))
      if (step.kind === "wait") await this.#wakeUp.wait(step.ms, signal)
      else await this.#fetch(step, signal)
    }
  }

  /** Waits until every `put` has settled, at most until `signal` aborts. */
  async settled(signal: AbortSignal): Promise<void> {
    while (this.outstanding > 0 && !signal.aborted) await this.#wakeUp.wait(60_000, signal)
  }

  #state(signal: AbortSignal) {
    this.#room.make(signal, this.#ring)
    // First the offset: it takes from what is known.
    const offset = this.#updates.release()
    return {
      now: now(),
      notBefore: this.#notBefore,
      lastCall: this.#lastCall,
      answeredAt: this.#answeredAt,
      offset,
      held: this.#updates.size,
      wanted: this.#room.wanted,
      paceMs: this.#room.paceMs,
    }
  }

  async #fetch(step: Fetch, signal: AbortSignal): Promise<void> {
    this.#lastCall = { at: now(), offset: step.offset }
    try {
      const answer = await this.#call(step, signal)
      // What arrives after the abort was not confirmed, so it comes again.
      if (!signal.aborted) this.#answered(answer, step.held)
    } catch (error) {
      if (signal.aborted) return
      const waitMs = this.#failures.failed(error)
      if (waitMs === undefined) throw error
      this.#postpone(waitMs)
    }
  }

  #answered(answer: readonly unknown[], held: number): void {
    this.#answeredAt = now()
    this.#updates.confirmed()
    this.#failures.answered()
    const fresh = this.#putAll(answer)
    this.#room.answered(answer.length >= this.#limitBeside(held), fresh)
  }

  async #call({ offset, held }: Fetch, signal: AbortSignal): Promise<readonly unknown[]> {
    const { bot, allowedUpdates, answerWithinMs } = this.#settings
    const timeout = held > 0 ? 0 : this.#settings.timeout
    const kinds = typeof allowedUpdates === "function" ? allowedUpdates() : allowedUpdates
    const params = {
      ...(offset === undefined ? {} : { offset }),
      limit: this.#limitBeside(held),
      timeout,
      ...(kinds ? { allowed_updates: kinds } : {}),
    }
    const timeoutMs = timeout * 1000 + answerWithinMs
    const startedAt = now()
    const answer = await bot.call("getUpdates", params, { signal, timeoutMs })
    if (Array.isArray(answer)) {
      this.#announce(answer.length, startedAt)
      return answer
    }
    throw new NetworkError("getUpdates", "The answer is not a list of updates")
  }

  #announce(count: number, startedAt: number): void {
    if (!pollingFetched.hasSubscribers) return
    const { id: botId } = this.#settings.bot
    pollingFetched.publish({ botId, count, durationMs: now() - startedAt })
  }

  /** The known updates come again, so that as many new ones have to be asked for beside them. */
  #limitBeside(held: number): number {
    return Math.min(mostUpdates, held + this.#settings.limit)
  }

  /** All in one turn of the event loop, so that the queue keeps their order. Returns how many are new. */
  #putAll(answer: readonly unknown[]): number {
    let fresh = 0
    const updates = answer.flatMap((element) => this.#read(element) ?? [])
    for (const update of updates) {
      const attempt = this.#updates.add(update.update_id)
      if (!attempt) continue
      fresh += 1
      void this.#put(attempt, update)
    }
    if (answer.length > 0 && updates.length === 0) this.#postpone(uselessMs)
    return fresh
  }

  #read(element: unknown): Update | undefined {
    try {
      if (typeof element === "object" && element) return parseUpdate(element)
      throw new InvalidUpdate(`Expected an update, a JSON object, got a ${typeof element}`)
    } catch (error) {
      const reason = errorText(error)
      this.#settings.logger.error(`getUpdates: skipped what is not an update. ${reason}`)
      return undefined
    }
  }

  async #put(attempt: Attempt, update: Update): Promise<void> {
    const { bot, queue } = this.#settings
    try {
      await callQueue("put", () => queue.put({ botId: bot.id, update }))
      this.#updates.settle(attempt)
      this.#failures.accepted()
    } catch (error) {
      if (this.#updates.refuse(attempt)) this.#postpone(this.#failures.refused(error))
    }
    this.#wakeUp.ring()
  }

  #postpone(ms: number): void {
    this.#notBefore = now() + ms
  }
}

function now(): number {
  return performance.now()
}
