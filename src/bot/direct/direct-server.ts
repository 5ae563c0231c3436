import { AddressTimeouts } from "../address-timeouts.js"
import type { TransportResponse } from "../transport.js"
import { type ConnectionOwner, DirectConnection } from "./direct-connection.js"
import { DirectRequest, type PlainRequest } from "./direct-request.js"
import { addressOf, type ServerAddress } from "./open-socket.js"

/** The maximum number of calls at once to one server. Polls do not count. */
const maxCalls = 256

/** The connections to one server, each of which carries one request at a time. */
export class DirectServer implements ConnectionOwner {
  readonly address: ServerAddress
  readonly timeouts = new AddressTimeouts()
  readonly #host: string
  readonly #open = new Set<DirectConnection>()
  /** The free connections. The one that was used last is used first, so that the others can be closed. */
  readonly #free: DirectConnection[] = []
  /** The requests that wait for a connection. */
  readonly #waiting = new Set<DirectRequest>()
  #running = 0
  #polls = 0
  /** Resolves the wait of `close` when no request is running. */
  #onIdle: (() => void) | undefined

  constructor(origin: string) {
    this.address = addressOf(origin)
    this.#host = new URL(origin).host
  }

  /** Sends a request and receives the whole answer. */
  send(request: PlainRequest): Promise<TransportResponse<string>> {
    const sent = new DirectRequest(this.#host, request, this.#onOver)
    this.#running += 1
    if (sent.isPoll) this.#polls += 1
    if (!request.abort.isAborted) this.#start(sent)
    request.abort.onAbort(() => this.#abort(sent))
    return sent.answered
  }

  /** Waits for running requests, then closes all connections. */
  async close(): Promise<void> {
    if (this.#running > 0) await new Promise<void>((resolve) => (this.#onIdle = resolve))
    for (const connection of this.#open) connection.destroy(new Error("The bot was closed"))
  }

  onFree(connection: DirectConnection): void {
    this.#free.push(connection)
    this.#startNext()
  }

  onClosed(connection: DirectConnection, unsent: DirectRequest | undefined): void {
    this.#open.delete(connection)
    const place = this.#free.indexOf(connection)
    if (place !== -1) this.#free.splice(place, 1)
    // A new connection sends its request or fails it, so that no request is passed on more than once.
    if (unsent) this.#connect(unsent)
    else this.#startNext()
  }

  /** Starts the call that has waited the longest, if there is room: the end of a poll makes none. */
  #startNext(): void {
    const [next] = this.#waiting
    if (!next || this.#runningCalls >= maxCalls) return
    this.#waiting.delete(next)
    this.#send(next)
  }

  #start(request: DirectRequest): void {
    // The request is counted already.
    if (request.isPoll || this.#runningCalls <= maxCalls) this.#send(request)
    else this.#waiting.add(request)
  }

  #send(request: DirectRequest): void {
    const free = this.#takeFree()
    if (free) free.send(request)
    else this.#connect(request)
  }

  /** The number of calls that have a connection, without polls. */
  get #runningCalls(): number {
    return this.#running - this.#polls - this.#waiting.size
  }

  #connect(request: DirectRequest): void {
    this.#open.add(new DirectConnection(this, request))
  }

  /** Returns a free connection. Closes a connection whose time was over while the process was busy. */
  #takeFree(): DirectConnection | undefined {
    for (;;) {
      const free = this.#free.pop()
      if (!free || free.isFresh) return free
      free.destroy(new Error("The connection was idle for too long"))
    }
  }

  #abort(request: DirectRequest): void {
    this.#waiting.delete(request)
    const error = new Error("The request was aborted")
    // The connection of a request that is over may carry another request.
    if (request.isOver) return
    request.fail(error)
    request.connection?.destroy(error)
  }

  readonly #onOver = ({ isPoll }: DirectRequest) => {
    this.#running -= 1
    if (isPoll) this.#polls -= 1
    if (this.#running === 0) this.#onIdle?.()
  }
}
