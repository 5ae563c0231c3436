import { Attempt } from "./attempt.js"
import type { BotAddress } from "./bot-address.js"
import type { ApiCall, CallOptions } from "./bot-options.js"
import type { Deadline } from "./deadline.js"
import type { EncodedParameters } from "./encode-parameters.js"
import { readAnswer } from "./read-answer.js"
import type { Transport, TransportRequest, TransportResponse } from "./transport.js"
import { Upload } from "./upload.js"

const pollingReserveMs = 10_000
const jsonHeaders = { "content-type": "application/json" }

/** What is sent for a call, the content apart. */
type Envelope = Pick<TransportRequest, "url" | "method">

/** Sends requests to the Bot API and receives their answers, each in its time. Owns the transport. */
export class Exchange {
  readonly #address: BotAddress
  readonly #timeoutMs: number
  readonly #given: Transport | undefined
  #own: Promise<Transport> | undefined

  constructor(address: BotAddress, timeoutMs: number, transport: Transport | undefined) {
    this.#address = address
    this.#timeoutMs = timeoutMs
    this.#given = transport
  }

  /** Makes one call, once. */
  async call(call: ApiCall, parameters: EncodedParameters): Promise<unknown> {
    const { method, signal } = call
    const timeoutMs = call.timeoutMs ?? this.#timeoutOf(method, parameters)
    const attempt = new Attempt(this.#address, { method, timeoutMs, signal })
    const envelope = { url: this.#address.ofMethod(method), method: "POST" } as const
    try {
      const send = parameters.files.length === 0 ? this.#sendJson : this.#sendForm
      const response = await attempt.run(() => send(envelope, parameters, attempt.deadline))
      return readAnswer(this.#address, method, response)
    } finally {
      attempt.end()
    }
  }

  /** Begins something that goes on after its first answer. Its `end` is the caller's to call. */
  attempt(method: string, options: CallOptions): Attempt {
    const { signal, timeoutMs = this.#timeoutMs } = options
    return new Attempt(this.#address, { method, timeoutMs, signal })
  }

  /** Asks for a file. */
  async openFile(
    path: string,
    attempt: Attempt,
  ): Promise<TransportResponse<AsyncIterable<Uint8Array>>> {
    const transport = await this.#transport()
    const { signal } = attempt.deadline
    return transport.open({ url: this.#address.ofFile(path), method: "GET", headers: {}, signal })
  }

  /** Closes what was opened, when all that runs has ended. A later call opens it anew. */
  async close(): Promise<void> {
    const own = this.#own
    this.#own = undefined
    await (await own)?.[Symbol.asyncDispose]()
  }

  readonly #sendJson = async (
    envelope: Envelope,
    parameters: EncodedParameters,
    { signal }: Deadline,
  ) => {
    const transport = await this.#transport()
    const body = JSON.stringify(parameters.fields)
    return transport.send({ ...envelope, headers: jsonHeaders, body, signal })
  }

  readonly #sendForm = async (
    envelope: Envelope,
    parameters: EncodedParameters,
    deadline: Deadline,
  ) => {
    const { signal } = deadline
    const upload = await Upload.open(parameters, { signal, onPiece: () => deadline.resume() })
    try {
      const transport = await this.#transport()
      const { headers, body } = upload
      return await transport.send({ ...envelope, headers, body, signal })
    } catch (error) {
      throw upload.failure ?? error
    } finally {
      await upload[Symbol.asyncDispose]()
    }
  }

  /** The transport, loaded when it is first used. */
  #transport(): Promise<Transport> | Transport {
    if (this.#given) return this.#given
    this.#own ??= import("#transport").then(({ createTransport }) => createTransport())
    return this.#own
  }

  #timeoutOf(method: string, { fields }: EncodedParameters): number {
    const { timeout } = fields
    if (method !== "getUpdates" || typeof timeout !== "number") return this.#timeoutMs
    return timeout * 1000 + pollingReserveMs
  }
}
