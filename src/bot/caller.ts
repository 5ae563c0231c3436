import { botWaiting } from "../events/index.js"
import type { Logger } from "../ground/logger.js"
import { sleep } from "../ground/sleep.js"
import { RetryAfter } from "../telegram/errors.js"
import type { ApiCall } from "./bot-options.js"
import { callSubject } from "./call-subject.js"
import { encodeParameters, holdsStream } from "./encode-parameters.js"
import type { Exchange } from "./exchange.js"
import { Pauses } from "./pauses.js"

/** What a {@link Caller} obeys. */
export interface CallerLimits {
  /** The bot, for those who watch. */
  readonly botId: number
  /** How often a call is sent again at most. */
  readonly attempts: number
  /** How long one call waits in all at most, in milliseconds. */
  readonly maxWaitMs: number
}

/** Makes calls, and waits where Telegram has asked for it. */
export class Caller {
  readonly #exchange: Exchange
  readonly #limits: CallerLimits
  readonly #logger: Logger
  readonly #pauses = new Pauses()

  constructor(exchange: Exchange, limits: CallerLimits, logger: Logger) {
    this.#exchange = exchange
    this.#limits = limits
    this.#logger = logger
  }

  /** Makes one call, sent again after a 429 as far as the limits allow. */
  async call(call: ApiCall): Promise<unknown> {
    const encoded = encodeParameters(call.method, call.params)
    const subject = callSubject(call.method, encoded.fields)
    const attempts = holdsStream(encoded) ? 0 : this.#limits.attempts
    let leftMs = this.#limits.maxWaitMs
    for (let attempt = 0; ; attempt += 1) {
      if (!this.#pauses.isEmpty) leftMs = await this.#wait(call, subject, leftMs)
      try {
        return await this.#exchange.call(call, encoded)
      } catch (error) {
        if (!(error instanceof RetryAfter)) throw error
        this.#pauses.add(error, subject)
        if (attempt >= attempts || error.retryAfter * 1000 > leftMs) throw error
      }
    }
  }

  /** Waits until no pause concerns the call; answers how much longer it may wait. */
  async #wait(call: ApiCall, subject: string, mayWaitMs: number): Promise<number> {
    let leftMs = mayWaitMs
    while (this.#limits.attempts > 0) {
      const pause = this.#pauses.find(call.method, subject)
      if (!pause) break
      if (pause.leftMs > leftMs) throw pause.error
      const waitMs = Math.ceil(pause.leftMs)
      const which = subject === call.method ? "" : ` (${subject})`
      this.#logger.info(`${call.method} waits ${waitMs} ms, as Telegram asks${which}`)
      if (botWaiting.hasSubscribers) {
        const { botId } = this.#limits
        botWaiting.publish({ botId, method: call.method, waitMs })
      }
      // Timers may be a millisecond early.
      await sleep(waitMs + 1, call.signal)
      leftMs -= pause.leftMs
    }
    return leftMs
  }
}
