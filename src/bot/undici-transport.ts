/**
 * The transport of Node: one pool of connections to each server.
 *
 * @module
 */
import type { Dispatcher } from "undici"
import { isError } from "../ground/error-text.js"
import { AnswerTooLong, longestAnswerBytes } from "./answer-too-long.js"
import { throughProxy } from "./proxy-failure.js"
import type { Transport, TransportRequest, TransportResponse } from "./transport.js"
import { Way, type WayOptions } from "./way.js"

/** Makes a transport. Its connections are opened when they are needed and do not keep a process alive. */
export function createTransport(options: WayOptions = {}): Transport {
  return new UndiciTransport(options)
}

class UndiciTransport implements Transport {
  readonly #ways = new Map<string, Way>()
  readonly #options: WayOptions

  constructor(options: WayOptions) {
    this.#options = options
  }

  send(request: TransportRequest): Promise<TransportResponse<string>> {
    return new Promise((resolve, reject) => {
      const way = this.#wayTo(request.origin)
      const answer = new WholeAnswer(way, resolve, reject)
      request.abort.onAbort(() => answer.abort())
      if (!request.abort.isAborted) way.dispatcher.dispatch(optionsOf(request), answer)
    })
  }

  async open(request: TransportRequest): Promise<TransportResponse<AsyncIterable<Uint8Array>>> {
    const way = this.#wayTo(request.origin)
    way.begin()
    try {
      const { signal } = request.abort
      const answer = await way.dispatcher.request({ ...optionsOf(request), signal })
      answer.body.once("close", () => way.end())
      return { status: answer.statusCode, headers: answer.headers, body: answer.body }
    } catch (error) {
      way.end()
      throw isError(error) ? throughProxy(way.proxy, error) : error
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ways = [...this.#ways.values()]
    this.#ways.clear()
    await Promise.all(ways.map((way) => way.close()))
  }

  #wayTo(origin: string): Way {
    const known = this.#ways.get(origin)
    if (known) return known
    const way = new Way(origin, this.#options)
    this.#ways.set(origin, way)
    return way
  }
}

function optionsOf({ origin, path, method, headers, body }: TransportRequest) {
  // Undici sends any async iterable, though its types name only Node's streams.
  const sent = (body ?? null) as string | Uint8Array | null
  return { origin, path, method, headers, body: sent }
}

/** Collects one answer, with as little as possible between undici and the text. */
class WholeAnswer implements Dispatcher.DispatchHandler {
  readonly #way: Way
  readonly #resolve: (response: TransportResponse<string>) => void
  readonly #reject: (reason: Error) => void
  readonly #chunks: Buffer[] = []
  #controller: Dispatcher.DispatchController | undefined
  #aborted: Error | undefined
  #bytes = 0
  #status = 0
  #headers: TransportResponse<string>["headers"] = {}
  #isOver = false

  constructor(
    way: Way,
    resolve: (response: TransportResponse<string>) => void,
    reject: (reason: Error) => void,
  ) {
    this.#way = way
    this.#resolve = resolve
    this.#reject = reject
    way.begin()
  }

  abort(reason = new Error("The request was aborted")): void {
    this.#aborted = reason
    this.#controller?.abort(reason)
    this.#fail(reason)
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
    this.#end()
    this.#resolve({ status: this.#status, headers: this.#headers, body: whole.toString("utf8") })
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#fail(throughProxy(this.#way.proxy, error))
  }

  #fail(error: Error): void {
    this.#end()
    this.#reject(error)
  }

  #end(): void {
    if (!this.#isOver) this.#way.end()
    this.#isOver = true
  }
}
