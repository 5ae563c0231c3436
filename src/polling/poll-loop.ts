import { errorText } from "../ground/error-text.js"
import { callQueue } from "../queue/call-queue.js"
import type { Update } from "@grammyjs/types"
import { pollingFetched } from "../events/index.js"
import { InvalidUpdate, NetworkError } from "../telegram/errors.js"
import { parseUpdate } from "../telegram/parse-update.js"
import { type NextStep, nextStep, windowSize } from "./next-step.js"
import { type PollingSettings, updateTypesOf } from "./polling-options.js"
import { FailureReporter } from "./failure-reporter.js"
import { type PutHandle, UnacknowledgedUpdates } from "./unacknowledged-updates.js"
import { UpdateWindow } from "./update-window.js"
import { WakeUp } from "./wake-up.js"

type Fetch = Extract<NextStep, { kind: "fetch" }>

/** Milliseconds to wait after an answer whose elements are all invalid updates. */
const invalidAnswerMs = 2000

/**
 * The loop of polling: it determines the next step ({@link nextStep}), then waits or calls `getUpdates`, and
 * puts the new updates into the queue.
 */
export class PollLoop {
  readonly #settings: PollingSettings
  readonly #failures: FailureReporter
  readonly #updates = new UnacknowledgedUpdates()
  readonly #window: UpdateWindow
  readonly #wakeUp = new WakeUp()
  readonly #endWait = () => this.#wakeUp.ring()
  #lastCall: { readonly at: number; readonly offset: number | undefined } | undefined
  /** Called when the last pending `put` has settled. */
  #onAllSettled: (() => void) | undefined
  #answeredAt = 0
  #notBefore = 0

  constructor(settings: PollingSettings) {
    this.#settings = settings
    this.#window = new UpdateWindow(settings, this.#updates)
    this.#failures = new FailureReporter(settings.bot.id, settings.logger, now)
  }

  /** Number of pending `put` calls. */
  get pendingPuts(): number {
    return this.#updates.pendingPuts
  }

  /** Returns the current offset if no answered call has sent it yet; otherwise `undefined`. */
  unsentOffset(): number | undefined {
    const offset = this.#updates.advance()
    return this.#updates.hasUnsentOffset ? offset : undefined
  }

  /** Returns the offset of the last call, if that call was made less than `ms` milliseconds ago. */
  recentOffset(ms: number): number | undefined {
    return this.#lastCall && now() - this.#lastCall.at < ms ? this.#lastCall.offset : undefined
  }

  /**
   * Polls until `signal` aborts. Rejects if Telegram does not know the token, after retries.
   *
   * @param mayPoll is called before every step; `false` ends the loop
   */
  async run(signal: AbortSignal, mayPoll: () => boolean = () => true): Promise<void> {
    while (!signal.aborted && mayPoll()) {
      const step = nextStep(this.#state(signal))
      if (step.kind === "wait") await this.#wakeUp.wait(step.ms, signal)
      else await this.#fetch(step, signal)
    }
  }

  /** Resolves when every `put` has settled, or when `signal` aborts. */
  async putsSettled(signal: AbortSignal): Promise<void> {
    while (this.pendingPuts > 0 && !signal.aborted) await this.#wakeUp.wait(60_000, signal)
  }

  #state(signal: AbortSignal) {
    this.#updates.advance()
    this.#window.makeRoom(signal, this.#endWait)
    // The second call removes the updates that `makeRoom` has acknowledged early; `size` is read after it.
    const offset = this.#updates.advance()
    return {
      now: now(),
      notBefore: this.#notBefore,
      lastCall: this.#lastCall,
      answeredAt: this.#answeredAt,
      offset,
      unacknowledged: this.#updates.size,
      newUpdates: this.#window.newUpdates,
      intervalMs: this.#window.intervalMs,
    }
  }

  async #fetch(step: Fetch, signal: AbortSignal): Promise<void> {
    try {
      const answered = this.#call(step, signal)
      // The call has begun: the next call with its offset is counted from here.
      this.#lastCall = { at: now(), offset: step.offset }
      const answer = await answered
      // Updates that arrive after the abort are dropped: Telegram sends them again.
      if (signal.aborted) return
      this.#onAnswer(answer, step.unacknowledged)
      if (this.pendingPuts > 0) await this.#endOfTurn()
    } catch (error) {
      if (signal.aborted) return
      const waitMs = this.#failures.onCallFailed(error)
      if (waitMs === undefined) throw error
      this.#postpone(waitMs)
    }
  }

  /**
   * Resolves when every `put` has settled, at the latest after this turn of the event loop. Updates whose handlers
   * end at once are then acknowledged by the next call, and need no timer.
   */
  #endOfTurn(): Promise<void> {
    return new Promise((resolve) => {
      const turn = setImmediate(resolve)
      this.#onAllSettled = () => {
        clearImmediate(turn)
        resolve()
      }
    })
  }

  #onAnswer(answer: readonly unknown[], unacknowledged: number): void {
    this.#answeredAt = now()
    this.#updates.markOffsetSent()
    this.#failures.onAnswer()
    const newCount = this.#putNew(answer)
    this.#window.onAnswer(answer.length >= this.#limit(unacknowledged), newCount)
  }

  async #call(step: Fetch, signal: AbortSignal): Promise<readonly unknown[]> {
    const { offset, unacknowledged } = step
    const { bot, answerWithinMs } = this.#settings
    const timeout = unacknowledged > 0 ? 0 : this.#settings.timeout
    const types = updateTypesOf(this.#settings)
    const params = {
      ...(offset === undefined ? {} : { offset }),
      limit: this.#limit(unacknowledged),
      timeout,
      ...(types ? { allowed_updates: types } : {}),
    }
    const timeoutMs = timeout * 1000 + answerWithinMs
    const startedAt = now()
    const answer = await bot.call("getUpdates", params, { signal, timeoutMs })
    if (Array.isArray(answer)) {
      this.#announce(answer.length, startedAt)
      return answer
    }
    throw new NetworkError("getUpdates", "The answer is not an array of updates")
  }

  #announce(count: number, startedAt: number): void {
    if (!pollingFetched.hasSubscribers) return
    const { id: botId } = this.#settings.bot
    pollingFetched.publish({ botId, count, durationMs: now() - startedAt })
  }

  /**
   * Returns the parameter `limit` of a call: the number of unacknowledged updates, which Telegram returns
   * again before new updates, plus the option `limit`; at most 100.
   */
  #limit(unacknowledged: number): number {
    return Math.min(windowSize, unacknowledged + this.#settings.limit)
  }

  /**
   * Puts the new updates of an answer, all of them synchronously, so that the queue keeps their order.
   * Returns the number of new updates.
   */
  #putNew(answer: readonly unknown[]): number {
    let newCount = 0
    let isValid = answer.length === 0
    for (const element of answer) {
      const update = this.#parse(element)
      if (!update) continue
      isValid = true
      const handle = this.#updates.add(update.update_id)
      if (!handle) continue
      newCount += 1
      this.#put(handle, update)
    }
    if (!isValid) this.#postpone(invalidAnswerMs)
    return newCount
  }

  #parse(element: unknown): Update | undefined {
    try {
      if (typeof element === "object" && element) return parseUpdate(element)
      throw new InvalidUpdate(`Expected an update, a JSON object, got a ${typeof element}`)
    } catch (error) {
      const reason = errorText(error)
      this.#settings.logger.error(`getUpdates: skipped a value that is not an update. ${reason}`)
      return undefined
    }
  }

  #put(handle: PutHandle, update: Update): void {
    const { bot, queue } = this.#settings
    callQueue("put", () => queue.put({ botId: bot.id, update })).then(
      () => this.#onPutResolved(handle),
      (error: unknown) => this.#onPutRejected(handle, error),
    )
  }

  #onPutResolved(handle: PutHandle): void {
    this.#updates.settle(handle)
    this.#failures.onPutResolved()
    this.#onPutSettled()
  }

  #onPutRejected(handle: PutHandle, error: unknown): void {
    if (this.#updates.removeFrom(handle)) this.#postpone(this.#failures.onPutRejected(error))
    this.#onPutSettled()
  }

  #onPutSettled(): void {
    if (this.pendingPuts === 0) this.#onAllSettled?.()
    this.#wakeUp.ring()
  }

  /** Makes no call for the next `ms` milliseconds. */
  #postpone(ms: number): void {
    this.#notBefore = now() + ms
  }
}

function now(): number {
  return performance.now()
}
