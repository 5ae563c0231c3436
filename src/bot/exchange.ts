import { ServerRequest } from "./server-request.js"
import type { BotAddress } from "./bot-address.js"
import type { ApiCall, BotOptions, CallOptions } from "./bot-options.js"
import type { Deadline } from "./deadline.js"
import type { EncodedParameters } from "./encode-parameters.js"
import { readAnswer } from "./read-answer.js"
import type { Transport, TransportRequest, TransportResponse } from "./transport.js"
import { Upload } from "./upload.js"

/** The time that `getUpdates` may take beyond its `timeout`, in milliseconds. */
const pollingReserveMs = 10_000
const jsonHeaders = { "content-type": "application/json" }

/** The connection of a bot to the Bot API server: sends requests within their time limits, and owns the transport. */
export class Exchange {
  readonly #address: BotAddress
  readonly #timeoutMs: number
  readonly #givenTransport: Transport | undefined
  readonly #proxy: string | false | undefined
  #ownTransport: Promise<Transport> | Transport | undefined

  constructor(
    address: BotAddress,
    timeoutMs: number,
    options: Pick<BotOptions, "transport" | "proxy">,
  ) {
    this.#address = address
    this.#timeoutMs = timeoutMs
    this.#givenTransport = options.transport
    this.#proxy = options.proxy
  }

  /** Makes one call, without repetition. */
  async call(call: ApiCall, parameters: EncodedParameters): Promise<unknown> {
    const { method, signal } = call
    const timeoutMs = call.timeoutMs ?? this.#timeoutOf(method, parameters)
    const request = new ServerRequest(this.#address, { method, timeoutMs, signal })
    const hasFiles = parameters.files.length > 0
    try {
      const response = await request.run(() =>
        hasFiles
          ? this.#sendForm(method, parameters, request.deadline)
          : this.#sendJson(method, parameters, request.deadline),
      )
      return readAnswer(this.#address, method, response)
    } finally {
      request.end()
    }
  }

  /** Returns a request for a download, which lasts until its body was read. The caller has to call `end`. */
  request(method: string, options: CallOptions): ServerRequest {
    const { signal, timeoutMs = this.#timeoutMs } = options
    return new ServerRequest(this.#address, { method, timeoutMs, signal })
  }

  /** Requests a file, and resolves with status, headers and a stream of the body. */
  async openFile(
    path: string,
    request: ServerRequest,
  ): Promise<TransportResponse<AsyncIterable<Uint8Array>>> {
    const transport = await this.#transport()
    const { origin } = this.#address
    const file = { origin, path: this.#address.filePath(path), method: "GET", headers: {} } as const
    return transport.open({ ...file, abort: request.deadline })
  }

  /** Waits for running requests, then closes the connections. A later call opens new connections. */
  async close(): Promise<void> {
    const own = this.#ownTransport
    this.#ownTransport = undefined
    await (await own)?.[Symbol.asyncDispose]()
  }

  async #sendJson(method: string, { fields }: EncodedParameters, deadline: Deadline) {
    const loaded = this.#transport()
    const transport = loaded instanceof Promise ? await loaded : loaded
    const body = JSON.stringify(fields)
    return transport.send(this.#post(method, { headers: jsonHeaders, body }, deadline))
  }

  async #sendForm(method: string, parameters: EncodedParameters, deadline: Deadline) {
    const upload = await Upload.open(parameters, deadline)
    try {
      const transport = await this.#transport()
      return await transport.send(this.#post(method, upload, deadline))
    } catch (error) {
      throw upload.failure ?? error
    } finally {
      await upload[Symbol.asyncDispose]()
    }
  }

  #post(
    method: string,
    { headers, body }: Pick<TransportRequest, "headers" | "body">,
    abort: Deadline,
  ): TransportRequest {
    const { origin } = this.#address
    return { origin, path: this.#address.methodPath(method), method: "POST", headers, body, abort }
  }

  /** Returns the transport, which is loaded at the first use. */
  #transport(): Promise<Transport> | Transport {
    return this.#givenTransport ?? (this.#ownTransport ??= this.#load())
  }

  async #load(): Promise<Transport> {
    const { createTransport } = await import("#transport")
    const transport = createTransport(this.#proxy === undefined ? {} : { proxy: this.#proxy })
    this.#ownTransport = transport
    return transport
  }

  #timeoutOf(method: string, { fields }: EncodedParameters): number {
    const { timeout } = fields
    if (method !== "getUpdates" || typeof timeout !== "number") return this.#timeoutMs
    return timeout * 1000 + pollingReserveMs
  }
}
