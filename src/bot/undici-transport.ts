/**
 * The transport for Node, built on undici: one pool of connections per server.
 *
 * @module
 */
import type { Dispatcher } from "undici"
import { isError } from "../ground/error-text.js"
import { AnswerTooLong, longestAnswerBytes } from "./answer-too-long.js"
import { isPoll } from "./is-poll.js"
import { attributeToProxy } from "./proxy-failure.js"
import type { Transport, TransportRequest, TransportResponse } from "./transport.js"
import { Route, type RouteOptions } from "./route.js"

/** Creates a transport. Connections are opened on demand and do not keep the process alive. */
export function createTransport(options: RouteOptions = {}): Transport {
  return new UndiciTransport(options)
}

class UndiciTransport implements Transport {
  /** The routes by origin; the polls to an origin have a route of their own. */
  readonly #routes = new Map<string, Route>()
  readonly #options: RouteOptions

  constructor(options: RouteOptions) {
    this.#options = options
  }

  send(request: TransportRequest): Promise<TransportResponse<string>> {
    const route = this.#routeTo(request)
    return route.isLoaded ? sendOn(route, request) : this.#sendWhenLoaded(route, request)
  }

  async open(request: TransportRequest): Promise<TransportResponse<AsyncIterable<Uint8Array>>> {
    const route = this.#routeTo(request)
    route.begin()
    try {
      const [{ requestWith }] = await Promise.all([import("./undici-request.js"), route.load()])
      const { signal } = request.abort
      const options = { ...optionsOf(request), signal }
      const answer = await requestWith.call(route.dispatcher, options)
      answer.body.once("close", () => route.end())
      return { status: answer.statusCode, headers: answer.headers, body: answer.body }
    } catch (error) {
      route.end()
      throw isError(error) ? attributeToProxy(route.proxy, error) : error
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const routes = [...this.#routes.values()]
    this.#routes.clear()
    await Promise.all(routes.map((route) => route.close()))
  }

  async #sendWhenLoaded(route: Route, request: TransportRequest) {
    // Counted, so that a close waits for the request.
    route.begin()
    try {
      await route.load()
      return await sendOn(route, request)
    } finally {
      route.end()
    }
  }

  #routeTo({ origin, path }: TransportRequest): Route {
    const hasLimit = !isPoll(path)
    const key = hasLimit ? origin : `${origin} polls`
    const existing = this.#routes.get(key)
    if (existing) return existing
    const route = new Route(origin, { ...this.#options, hasLimit })
    this.#routes.set(key, route)
    return route
  }
}

function sendOn(route: Route, request: TransportRequest): Promise<TransportResponse<string>> {
  return new Promise((resolve, reject) => {
    const answer = new WholeAnswer(route, resolve, reject)
    request.abort.onAbort(() => answer.abort())
    if (!request.abort.isAborted) route.dispatcher.dispatch(optionsOf(request), answer)
  })
}

function optionsOf({ origin, path, method, headers, body }: TransportRequest) {
  // undici accepts any async iterable, but its types name only Node's streams.
  const sent = (body ?? null) as string | Uint8Array | null
  return { origin, path, method, headers, body: sent }
}

/** A handler for undici's `dispatch` that collects one whole answer, at a lower cost than undici's `request`. */
class WholeAnswer implements Dispatcher.DispatchHandler {
  readonly #route: Route
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
    route: Route,
    resolve: (response: TransportResponse<string>) => void,
    reject: (reason: Error) => void,
  ) {
    this.#route = route
    this.#resolve = resolve
    this.#reject = reject
    route.begin()
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
    this.#fail(attributeToProxy(this.#route.proxy, error))
  }

  #fail(error: Error): void {
    this.#end()
    this.#reject(error)
  }

  #end(): void {
    if (!this.#isOver) this.#route.end()
    this.#isOver = true
  }
}
