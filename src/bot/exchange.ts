import { NetworkError, SounderError } from "../telegram/errors.js"
import type { BotAddress } from "./bot-address.js"
import type { ApiCall } from "./bot-options.js"
import { Deadline } from "./deadline.js"
import type { EncodedParameters } from "./encode-parameters.js"
import { connectionFailure, timeoutFailure } from "./network-failure.js"
import { readAnswer } from "./read-answer.js"
import { redactError } from "./redact-error.js"
import type { Transport, TransportRequest } from "./transport.js"

const pollingReserveMs = 10_000

/** Sends one request and receives its answer, within its time. Owns the transport. */
export class Exchange {
  readonly address: BotAddress
  readonly #timeoutMs: number
  readonly #given: Transport | undefined
  #own: Promise<Transport> | undefined

  constructor(address: BotAddress, timeoutMs: number, transport: Transport | undefined) {
    this.address = address
    this.#timeoutMs = timeoutMs
    this.#given = transport
  }

  /** Makes one call, once. */
  async call(call: ApiCall, parameters: EncodedParameters): Promise<unknown> {
    const { method, signal } = call
    const timeoutMs = call.timeoutMs ?? this.#timeoutOf(method, parameters)
    const request = { url: this.address.ofMethod(method), method: "POST" } as const
    const response = await this.within({ method, timeoutMs, signal }, async (deadline) => {
      const content = jsonContent(parameters)
      return (await this.transport()).send({ ...request, ...content, signal: deadline.signal })
    })
    return readAnswer(this.address, method, response)
  }

  /** Does something that talks to the server; whatever goes wrong becomes an error to be shown. */
  async within<T>(
    call: {
      readonly method: string
      readonly timeoutMs: number
      readonly signal?: AbortSignal | undefined
    },
    act: (deadline: Deadline) => Promise<T>,
  ): Promise<T> {
    const deadline = new Deadline(call.timeoutMs, call.signal)
    try {
      return await deadline.race(act(deadline))
    } catch (error) {
      throw this.failure(call, deadline, error)
    } finally {
      deadline.end()
    }
  }

  /** The error that a caller gets for what went wrong. */
  failure(
    call: {
      readonly method: string
      readonly timeoutMs: number
      readonly signal?: AbortSignal | undefined
    },
    deadline: Deadline,
    error: unknown,
  ): unknown {
    const host = new URL(this.address.apiRoot).host
    if (call.signal?.aborted && !deadline.hasExpired) return call.signal.reason
    if (deadline.hasExpired) return timeoutFailure(call.method, host, call.timeoutMs)
    if (error instanceof SounderError || error instanceof NetworkError) return error
    return connectionFailure(
      call.method,
      host,
      redactError(error, (text) => this.address.redact(text)),
    )
  }

  /** The transport, loaded when it is first used. */
  async transport(): Promise<Transport> {
    if (this.#given) return this.#given
    this.#own ??= import("#transport").then(({ createTransport }) => createTransport())
    return this.#own
  }

  /** Closes what was opened, when all that runs has ended. A later call opens it anew. */
  async close(): Promise<void> {
    const own = this.#own
    this.#own = undefined
    await (await own)?.[Symbol.asyncDispose]()
  }

  #timeoutOf(method: string, { fields }: EncodedParameters): number {
    const { timeout } = fields
    if (method !== "getUpdates" || typeof timeout !== "number") return this.#timeoutMs
    return timeout * 1000 + pollingReserveMs
  }
}

function jsonContent({ fields }: EncodedParameters): Pick<TransportRequest, "headers" | "body"> {
  return { headers: { "content-type": "application/json" }, body: JSON.stringify(fields) }
}
