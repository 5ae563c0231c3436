import { Timer } from "../../ground/timer.js"
import type { Handling } from "../context/handling.js"
import { asHandlerError } from "./as-handler-error.js"
import type { ErrorReport } from "./error-report.js"
import type { ErrorScope } from "./scope.js"
import type { UpdateContexts } from "./update-contexts.js"

/** The update whose handler has a promise in the background. */
interface Origin {
  readonly handling: Handling
  readonly report: ErrorReport
  readonly contexts: UpdateContexts
  /** The routers around the handler, the innermost first. */
  readonly scopes: readonly ErrorScope[]
}

/** A promise in the background, and the function that aborts the signal of its update. */
interface BackgroundTask {
  /** Settles with the promise. Never rejects. */
  readonly ended: Promise<void>
  readonly abort: (reason: Error) => void
}

/** Milliseconds that the tasks have to end after their abort. */
const graceMs = 250

/** The promises that handlers have passed to `ctx.waitUntil`, which a stop waits for. */
export class BackgroundWork {
  readonly #tasks = new Set<BackgroundTask>()
  readonly #log: (message: string) => void

  /** @param log logs an error */
  constructor(log: (message: string) => void) {
    this.#log = log
  }

  /** The number of promises that have not settled. */
  get size(): number {
    return this.#tasks.size
  }

  /** Adds a promise of an update's handler. Its error is passed to the error handlers of the scopes. */
  run(promise: PromiseLike<unknown>, { handling, report, contexts, scopes }: Origin): void {
    const onError = (thrown: unknown) => {
      const error = asHandlerError(thrown, handling)
      const failure = { attempt: handling.attempt, isLast: true, next: "done" } as const
      return report.report({ error, contexts, failure }, scopes)
    }
    const ended = Promise.resolve(promise).then(() => undefined, onError)
    const task: BackgroundTask = { ended, abort: (reason) => handling.abort(reason) }
    this.#tasks.add(task)
    void ended.then(() => this.#tasks.delete(task))
  }

  /**
   * Waits for all promises, including promises that are added meanwhile. At the deadline, aborts the signals of
   * their updates, waits 250 ms more, and logs how many have not settled. Never rejects.
   */
  async settle(deadlineMs: number): Promise<void> {
    if (await this.#settledWithin(deadlineMs)) return
    const reason = new Error("The deadline of stop() has passed")
    for (const { abort } of this.#tasks) abort(reason)
    if (await this.#settledWithin(graceMs)) return
    const count = this.size === 1 ? "1 promise" : `${this.size} promises`
    this.#log(`The stop no longer waits for ${count} of \`ctx.waitUntil\``)
  }

  async #settledWithin(ms: number): Promise<boolean> {
    let timer: Timer | undefined
    const expired = new Promise<true>((resolve) => (timer = new Timer(() => resolve(true), ms)))
    try {
      while (this.size > 0) {
        const all = Promise.all([...this.#tasks].map(({ ended }) => ended))
        if ((await Promise.race([all, expired])) === true) return this.size === 0
      }
      return true
    } finally {
      timer?.stop()
    }
  }
}
