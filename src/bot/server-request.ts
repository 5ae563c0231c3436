import { SounderError } from "../telegram/errors.js"
import type { BotAddress } from "./bot-address.js"
import { Deadline } from "./deadline.js"
import { connectionFailure, timeoutFailure } from "./network-failure.js"
import { redactError } from "./redact-error.js"

/** Options of one request to the Bot API server. */
export interface ServerRequestOptions {
  /** The Bot API method, which error messages name. */
  readonly method: string
  /** The longest time without progress before the request fails, in milliseconds. */
  readonly timeoutMs: number
  /** An abort ends the request, which then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined
}

/** One request to the Bot API server: limits its time, and removes the token from its errors. */
export class ServerRequest {
  /** The time limit of the request. */
  readonly deadline: Deadline
  readonly #address: BotAddress
  readonly #options: ServerRequestOptions

  constructor(address: BotAddress, options: ServerRequestOptions) {
    this.#address = address
    this.#options = options
    this.deadline = new Deadline(options.timeoutMs, options.signal)
  }

  /**
   * Runs one step of the request, such as the reading of a chunk, and returns its result. Rejects with a
   * `SounderError` without the token, or with the reason of the caller's signal.
   */
  async run<T>(step: () => Promise<T>): Promise<T> {
    try {
      return await this.deadline.race(step())
    } catch (error) {
      throw this.#toError(error)
    }
  }

  /** Stops the timer and removes the listener from the caller's signal. */
  end(): void {
    this.deadline.end()
  }

  #toError(error: unknown): unknown {
    const { method, timeoutMs, signal } = this.#options
    const { host } = this.#address
    if (this.deadline.hasExpired) return timeoutFailure(method, host, timeoutMs)
    // The caller's reason is rethrown unchanged.
    if (signal?.aborted) return signal.reason
    const redacted = redactError(error, (text) => this.#address.redact(text))
    return redacted instanceof SounderError ? redacted : connectionFailure(method, host, redacted)
  }
}
