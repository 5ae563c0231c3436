import { SounderError } from "../telegram/errors.js"
import type { BotAddress } from "./bot-address.js"
import { Deadline } from "./deadline.js"
import { connectionFailure, timeoutFailure } from "./network-failure.js"
import { redactError } from "./redact-error.js"

/** What is attempted, and within what limits. */
export interface AttemptOptions {
  /** The method, for errors. */
  readonly method: string
  /** How long nothing may move, in milliseconds. */
  readonly timeoutMs: number
  /** The caller's signal. */
  readonly signal?: AbortSignal | undefined
}

/** One try to get something from the server, with its deadline and the errors that it shows. */
export class Attempt {
  /** When it ends at the latest. */
  readonly deadline: Deadline
  readonly #address: BotAddress
  readonly #options: AttemptOptions

  constructor(address: BotAddress, options: AttemptOptions) {
    this.#address = address
    this.#options = options
    this.deadline = new Deadline(options.timeoutMs, options.signal)
  }

  /** What `act` comes to, within the deadline. Whatever goes wrong becomes an error to be shown. */
  async run<T>(act: () => Promise<T>): Promise<T> {
    try {
      return await this.deadline.race(act())
    } catch (error) {
      throw this.#failure(error)
    }
  }

  /** Lets go of the timer and of the caller's signal. */
  end(): void {
    this.deadline.end()
  }

  #failure(error: unknown): unknown {
    const { method, timeoutMs, signal } = this.#options
    const { host } = this.#address
    if (this.deadline.hasExpired) return timeoutFailure(method, host, timeoutMs)
    // The caller's own reason is handed back as it is.
    if (signal?.aborted) return signal.reason
    const shown = redactError(error, (text) => this.#address.redact(text))
    return shown instanceof SounderError ? shown : connectionFailure(method, host, shown)
  }
}
