import type { Socket } from "node:net"
import { errorText, isError } from "../../ground/error-text.js"
import { idleTimer, type Timer } from "../../ground/timer.js"
import type { AddressTimeouts } from "../address-timeouts.js"
import { AnswerReader } from "./answer-reader.js"
import type { Carrier, DirectRequest } from "./direct-request.js"
import { openSocket, type ServerAddress } from "./open-socket.js"

/** The owner of connections. */
export interface ConnectionOwner {
  readonly address: ServerAddress
  readonly timeouts: AddressTimeouts
  /** Called when the connection can send another request. */
  onFree(connection: DirectConnection): void
  /**
   * Called once when the connection has ended, after the failure of its request.
   *
   * @param unsent the request of which the connection has sent nothing
   */
  onClosed(connection: DirectConnection, unsent: DirectRequest | undefined): void
}

/** The time after which an idle connection is closed if the server gives no time of its own, in milliseconds. */
const defaultIdleMs = 4_000
/** The longest time for which an idle connection is kept, in milliseconds. */
const longestIdleMs = 600_000
/** The time by which an idle connection is closed before the server closes it, in milliseconds. */
const idleReserveMs = 2_000

/**
 * A connection to a server, which sends one request at a time. An idle connection does not keep the process
 * alive.
 */
export class DirectConnection implements Carrier {
  readonly #owner: ConnectionOwner
  #socket: Socket | undefined
  #request: DirectRequest | undefined
  /** The reader of the answer to the request; `undefined` unless the request is sent, or is the first one. */
  #reader: AnswerReader | undefined = new AnswerReader()
  /** The timer of an idle connection. It is not stopped by a request, because most waits are short. */
  #idleTimer: Timer | undefined
  /** The time at which the connection has been idle for too long. */
  #idleUntil = 0
  #isOver = false

  /** Opens the connection, and sends the request. */
  constructor(owner: ConnectionOwner, request: DirectRequest) {
    this.#owner = owner
    this.#request = request
    request.connection = this
    this.#connect(owner.timeouts.round)
  }

  /** Whether the server has probably not closed the free connection yet. */
  get isFresh(): boolean {
    return performance.now() < this.#idleUntil
  }

  /**
   * Sends a request over the free connection, unless the server has closed the connection or sent bytes: the operating
   * system may have received them while the process was busy, and such bytes are no answer to this request.
   */
  send(request: DirectRequest): void {
    this.#request = request
    request.connection = this
    this.#socket?.ref()
    afterPoll(() => {
      if (this.#isOver) return
      this.#reader = new AnswerReader()
      this.#write(request)
    })
  }

  /** Closes the connection. Its request fails with the error; a request that was not sent goes back to the owner. */
  destroy(error: Error): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#idleTimer?.stop()
    this.#socket?.destroy()
    const request = this.#request
    this.#request = undefined
    if (this.#reader) request?.fail(error)
    this.#owner.onClosed(this, request?.isOver ? undefined : request)
  }

  #connect(round: number): void {
    const { address, timeouts } = this.#owner
    this.#socket = openSocket(address, timeouts.msOf(round), {
      onOpen: (socket) => this.#onOpen(socket),
      onFailure: (error) => {
        if (this.#isOver) return
        const next = timeouts.roundAfter(round, error)
        if (next === undefined) this.destroy(error)
        else this.#connect(next)
      },
    })
  }

  #onOpen(socket: Socket): void {
    if (this.#isOver || !this.#request) return
    socket.on("data", this.#onData).on("end", this.#onEnd)
    // An error comes before the close: at the end of the same turn of the event loop.
    socket.on("error", this.#onClose).on("close", this.#onClose)
    this.#write(this.#request)
  }

  #write({ text, encoding }: DirectRequest): void {
    this.#socket?.write(text, encoding)
  }

  readonly #onData = (bytes: Buffer) => {
    // A server that sends bytes without a request, as before it closes an idle connection, gets none any longer.
    if (!this.#reader) return this.destroy(closed())
    try {
      if (this.#reader.read(bytes)) this.#endRequest(this.#reader)
    } catch (error) {
      this.destroy(isError(error) ? error : new Error(errorText(error)))
    }
  }

  readonly #onEnd = () => {
    if (this.#reader?.readEnd()) this.#endRequest(this.#reader)
    else this.destroy(closed())
  }

  readonly #onClose = () => this.destroy(this.#socket?.errored ?? closed())

  #endRequest(reader: AnswerReader): void {
    const request = this.#request
    this.#request = undefined
    this.#reader = undefined
    request?.end(reader.answer)
    // A server that answers before it has read the request may close the connection.
    const isSent = this.#socket?.writableLength === 0 && this.#socket.writable
    const serverMs = reader.serverIdleMs
    const idleMs =
      serverMs === undefined ? defaultIdleMs : Math.min(serverMs - idleReserveMs, longestIdleMs)
    if (!reader.keepsAlive || !isSent || idleMs <= 0) return this.destroy(closed())
    this.#wait(idleMs)
  }

  #wait(idleMs: number): void {
    this.#socket?.unref()
    this.#idleUntil = performance.now() + idleMs
    this.#idleTimer ??= idleTimer(this.#onIdle, idleMs)
    this.#owner.onFree(this)
  }

  readonly #onIdle = () => {
    this.#idleTimer = undefined
    if (this.#request) return
    // A request may have used the connection since the start of the timer.
    const remainingMs = this.#idleUntil - performance.now()
    if (remainingMs <= 0) this.destroy(closed())
    else this.#idleTimer = idleTimer(this.#onIdle, Math.ceil(remainingMs))
  }
}

/**
 * Calls a function after a poll for I/O that begins after this call. An immediate of a callback of I/O runs before the
 * next poll, so that it takes two.
 */
function afterPoll(callback: () => void): void {
  setImmediate(() => setImmediate(callback))
}

function closed(): Error {
  const error = new Error("The server closed the connection")
  return Object.assign(error, { code: "ECONNRESET" })
}
