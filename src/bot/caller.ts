import { botWaiting } from "../events/index.js"
import type { Logger } from "../ground/logger.js"
import { sleep } from "../ground/sleep.js"
import { RetryAfter } from "../telegram/errors.js"
import type { ApiCall } from "./bot-options.js"
import { BulkQueue } from "./bulk/bulk-queue.js"
import { limitedCall } from "./bulk/limited-call.js"
import type { Turn } from "./bulk/message-limits.js"
import { callSubject } from "./call-subject.js"
import { type EncodedParameters, encodeParameters, containsStream } from "./encode-parameters.js"
import type { Exchange } from "./exchange.js"
import { Pauses } from "./pauses.js"

/** Options of a {@link Caller}. */
export interface CallerLimits {
  /** The bot, which events and log lines name. */
  readonly botId: number
  /** The maximum number of repetitions of one call. With 0, a call also never waits for an earlier 429. */
  readonly maxRepetitions: number
  /** The longest total wait of one call, in milliseconds. */
  readonly maxWaitMs: number
  /** The maximum number of messages per second while there are bulk calls. */
  readonly perSecond: number
}

/** An object that makes calls, and delays them after a 429 as long as Telegram asks for. */
export class Caller {
  readonly #exchange: Exchange
  readonly #limits: CallerLimits
  readonly #logger: Logger
  /** The pauses after 429s; `undefined` before the first 429. */
  #pauses: Pauses | undefined
  /** The queue of bulk calls and other calls; `undefined` while there are no bulk calls. */
  #bulk: BulkQueue | undefined

  constructor(exchange: Exchange, limits: CallerLimits, logger: Logger) {
    this.#exchange = exchange
    this.#limits = limits
    this.#logger = logger
  }

  /** Makes one call, and repeats it after a 429 within the limits. */
  async call(call: ApiCall): Promise<unknown> {
    const encoded = encodeParameters(call.method, call.params)
    const subject = callSubject(call.method, encoded.fields)
    const maxRepetitions = containsStream(encoded) ? 0 : this.#limits.maxRepetitions
    let remainingMs = call.maxWaitMs ?? this.#limits.maxWaitMs
    for (let repetition = 0; ; repetition += 1) {
      if (this.#pauses && !this.#pauses.isEmpty) {
        remainingMs = await this.#wait(call, subject, remainingMs)
      }
      try {
        if (!call.bulk && !this.#bulk) return await this.#exchange.call(call, encoded)
        return await this.#callInTurn(call, encoded, remainingMs)
      } catch (error) {
        if (!(error instanceof RetryAfter)) throw error
        this.#pauses ??= new Pauses()
        this.#pauses.add(error, subject)
        if (repetition >= maxRepetitions || error.retryAfter * 1000 > remainingMs) throw error
      }
    }
  }

  /** Makes a call when the bot's limits permit it. */
  async #callInTurn(
    call: ApiCall,
    encoded: EncodedParameters,
    maxWaitMs: number,
  ): Promise<unknown> {
    const limited = limitedCall(call.method, encoded.fields)
    if (!call.bulk && this.#bulk?.isIdle) this.#bulk = undefined
    const send = async () => {
      if (typeof call.bulk === "object") await call.bulk.beforeSend()
      return this.#exchange.call(call, encoded)
    }
    if (!limited || (!call.bulk && !this.#bulk)) return send()
    const queue = (this.#bulk ??= new BulkQueue(this.#limits.perSecond))
    const { method, signal } = call
    const turn = call.bulk
      ? await queue.bulkTurn(limited, { method, maxWaitMs, signal })
      : await queue.turn(limited, signal)
    return runTurn(queue, turn, send)
  }

  /** Waits until no pause concerns the call, and returns the milliseconds that the call may still wait. */
  async #wait(call: ApiCall, subject: string, maxWaitMs: number): Promise<number> {
    let remainingMs = maxWaitMs
    while (this.#limits.maxRepetitions > 0) {
      const pause = this.#pauses?.find(call.method, subject)
      if (!pause) break
      if (pause.remainingMs > remainingMs) throw pause.error
      const waitMs = Math.ceil(pause.remainingMs)
      const limitText = subject === call.method ? "" : ` (${subject})`
      this.#logger.info(`${call.method} waits ${waitMs} ms, as Telegram asks${limitText}`)
      if (botWaiting.hasSubscribers) {
        const { botId } = this.#limits
        botWaiting.publish({ botId, method: call.method, waitMs })
      }
      // A timer can fire a millisecond early.
      await sleep(waitMs + 1, call.signal)
      remainingMs -= pause.remainingMs
    }
    return remainingMs
  }
}

/** Makes the call of a turn, and ends the turn. */
async function runTurn(
  queue: BulkQueue,
  turn: Turn,
  makeCall: () => Promise<unknown>,
): Promise<unknown> {
  try {
    const result = await makeCall()
    queue.end(turn)
    return result
  } catch (error) {
    queue.end(turn, error)
    throw error
  }
}
