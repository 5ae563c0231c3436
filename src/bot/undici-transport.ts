/**
 * The transport of Node: one pool of connections to each server.
 *
 * @module
 */
import { Pool, type Dispatcher } from "undici"
import { AnswerTooLong, longestAnswerBytes } from "./answer-too-long.js"
import { patientConnector } from "./patient-connector.js"
import type { Transport, TransportRequest, TransportResponse } from "./transport.js"

/** What may be said of the connections. */
export interface UndiciTransportOptions {
  /** How many connections to one server are open at once at most. 256 by default. */
  readonly connections?: number
}

/** Makes a transport. Its connections are opened when they are needed and do not keep a process alive. */
export function createTransport(options: UndiciTransportOptions = {}): Transport {
  return new UndiciTransport(options.connections ?? 256)
}

class UndiciTransport implements Transport {
  readonly #pools = new Map<string, Pool>()
  readonly #connections: number

  constructor(connections: number) {
    this.#connections = connections
  }

  send(request: TransportRequest): Promise<TransportResponse<string>> {
    return new Promise((resolve, reject) => {
      const { pool, options } = this.#prepare(request)
      const answer = new WholeAnswer(resolve, reject)
      request.abort.onAbort(() => answer.abort())
      if (!request.abort.isAborted) pool.dispatch(options, answer)
    })
  }

  async open(request: TransportRequest): Promise<TransportResponse<AsyncIterable<Uint8Array>>> {
    const { pool, options } = this.#prepare(request)
    const answer = await pool.request({ ...options, signal: request.abort.signal })
    return { status: answer.statusCode, headers: answer.headers, body: answer.body }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const pools = [...this.#pools.values()]
    this.#pools.clear()
    await Promise.all(pools.map((pool) => pool.close()))
  }

  #prepare(request: TransportRequest) {
    const { origin, path, method, headers, body = null } = request
    // Undici sends any async iterable, though its types name only Node's streams.
    const sent = body as string | Uint8Array | null
    return { pool: this.#poolOf(origin), options: { path, method, headers, body: sent } }
  }

  #poolOf(origin: string): Pool {
    const known = this.#pools.get(origin)
    if (known) return known
    // The bot keeps its own deadlines, which undici's must not cut short.
    const timeouts = { headersTimeout: 0, bodyTimeout: 0 }
    const pool = new Pool(origin, {
      connections: this.#connections,
      connect: patientConnector(),
      ...timeouts,
    })
    this.#pools.set(origin, pool)
    return pool
  }
}

/** Collects one answer, with as little as possible between undici and the text. */
class WholeAnswer implements Dispatcher.DispatchHandler {
  readonly #resolve: (response: TransportResponse<string>) => void
  readonly #reject: (reason: unknown) => void
  readonly #chunks: Buffer[] = []
  #controller: Dispatcher.DispatchController | undefined
  #aborted: Error | undefined
  #bytes = 0
  #status = 0
  #headers: TransportResponse<string>["headers"] = {}

  constructor(
    resolve: (response: TransportResponse<string>) => void,
    reject: (reason: unknown) => void,
  ) {
    this.#resolve = resolve
    this.#reject = reject
  }

  abort(reason = new Error("The request was aborted")): void {
    this.#aborted = reason
    this.#controller?.abort(reason)
    this.#reject(reason)
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    if (this.#aborted) controller.abort(this.#aborted)
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: TransportResponse<string>["headers"],
  ): void {
    this.#status = status
    this.#headers = headers
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#bytes += chunk.length
    if (this.#bytes > longestAnswerBytes) this.abort(new AnswerTooLong())
    else this.#chunks.push(chunk)
  }

  onResponseEnd(): void {
    const [first] = this.#chunks
    const whole = first && this.#chunks.length === 1 ? first : Buffer.concat(this.#chunks)
    this.#resolve({ status: this.#status, headers: this.#headers, body: whole.toString("utf8") })
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#reject(error)
  }
}
