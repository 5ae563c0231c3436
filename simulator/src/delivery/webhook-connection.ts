import { connect as connectTcp, type Socket } from "node:net"
import type { Clock, Timer } from "../ground/clock.js"
import { errorText } from "./error-text.js"
import { UnreadableResponse } from "./response-head.js"
import { ResponseReader, type WebhookResponse } from "./response-reader.js"
import { tlsOptions, type TlsRules } from "./tls-rules.js"

/** The address of a connection, with its TLS rules. */
export interface ConnectionTarget {
  readonly address: string
  readonly port: number
  /** The TLS rules; `undefined` for plain HTTP. */
  readonly tls?: TlsRules | undefined
}

/** Events of a connection; `closed` is the last one. */
export interface ConnectionEvents {
  /** Called with the response to the request. */
  answered(response: WebhookResponse): void
  /**
   * Called when the connection has closed; `error` is the text that Telegram records, or
   * `undefined` if it records none.
   */
  closed(error: string | undefined): void
}

/** The time-out of a request, and of an idle connection. */
const idleMs = 60_000
/** The number of unparsed bytes from which reading pauses. */
const maxUnread = 4 * 1_048_576

/**
 * A connection to a webhook's server: one request at a time, with a time-out of sixty seconds each.
 */
export class WebhookConnection {
  readonly #clock: Clock
  readonly #events: ConnectionEvents
  readonly #reader = new ResponseReader()
  readonly #socket: Socket
  readonly #isTls: boolean
  #state: "connecting" | "open" | "closed" = "connecting"
  #isWaiting = false
  /** Whether the TCP connection is established; the TLS handshake may still be running. */
  #isReached = false
  #deadline: number
  #timer: Timer

  constructor(target: ConnectionTarget, clock: Clock, events: ConnectionEvents) {
    this.#clock = clock
    this.#events = events
    this.#isTls = target.tls !== undefined
    this.#socket = openSocket(target)
    this.#socket.once("connect", () => (this.#isReached = true))
    this.#socket.once(this.#isTls ? "secureConnect" : "connect", () => this.#opened())
    this.#socket.on("data", (bytes) => this.#received(bytes))
    this.#socket.on("error", (error) => this.#failed(error))
    this.#socket.on("close", () => this.#end(undefined))
    this.#socket.on("end", () => this.#end(undefined))
    this.#deadline = clock.now() + idleMs
    this.#timer = clock.setTimeout(() => this.#checkTime(), idleMs)
  }

  /** Whether an exchange or the handshake is running. */
  get isBusy(): boolean {
    return this.#state === "connecting" || (this.#state === "open" && this.#isWaiting)
  }

  /** Whether a request is waiting for its response. */
  get isWaiting(): boolean {
    return this.#isWaiting
  }

  /** Sends a request, given as one character per byte. */
  send(request: string): void {
    this.#isWaiting = true
    this.#deadline = this.#clock.now() + idleMs
    this.#socket.write(request, "latin1")
    // Surplus bytes that the server sent earlier are parsed as the response to this request.
    if (this.#reader.unreadBytes > 0) setImmediate(() => this.#read())
    this.#socket.resume()
  }

  /** Closes the connection without a report and without a TLS close message. */
  close(): void {
    if (this.#state === "closed") return
    this.#state = "closed"
    this.#timer.cancel()
    this.#socket.destroy()
  }

  #opened(): void {
    if (this.#state === "connecting") this.#state = "open"
  }

  #received(bytes: Buffer): void {
    this.#reader.feed(bytes)
    if (this.#isWaiting) this.#read()
    else if (this.#reader.unreadBytes > maxUnread) this.#socket.pause()
  }

  #read(): void {
    if (this.#state === "closed" || !this.#isWaiting) return
    try {
      const response = this.#reader.next()
      if (response === undefined) return
      this.#isWaiting = false
      this.#deadline = this.#clock.now() + idleMs
      this.#events.answered(response)
      if (!response.keepAlive) this.#end(undefined)
    } catch (error) {
      if (!(error instanceof UnreadableResponse)) throw error
      this.#refuse(error)
    }
  }

  // Telegram writes an HTTP error to a server whose response it could not parse.
  #refuse({ status, message }: UnreadableResponse): void {
    if (this.#state === "closed") return
    this.#state = "closed"
    this.#timer.cancel()
    if (status === 0) this.#socket.end()
    else this.#socket.end(`HTTP/1.1 ${status} ${reasons[status]}\r\nContent-Length: 0\r\n\r\n`)
    this.#clock.setTimeout(() => this.#socket.destroy(), 1000)
    this.#events.closed(message)
  }

  #failed(error: Error): void {
    const isVerifying = this.#isTls && this.#state === "connecting"
    this.#end(errorText(error, isVerifying))
  }

  #checkTime(): void {
    const remainingMs = this.#deadline - this.#clock.now()
    if (remainingMs > 0) this.#timer = this.#clock.setTimeout(() => this.#checkTime(), remainingMs)
    else this.#end(this.#expired())
  }

  #expired(): string | undefined {
    if (!this.#isWaiting) return undefined
    const isInHandshake = this.#state === "connecting" && this.#isReached
    const isUnsent = !this.#isReached || (!isInHandshake && this.#socket.writableLength > 0)
    return isUnsent ? "Write timeout expired" : "Read timeout expired"
  }

  #end(error: string | undefined): void {
    if (this.#state === "closed") return
    this.close()
    this.#events.closed(error)
  }
}

const reasons: Readonly<Record<number, string>> = {
  400: "Bad Request",
  413: "Request Entity Too Large",
  415: "Unsupported Media Type",
  431: "Request Header Fields Too Large",
  501: "Not Implemented",
  505: "HTTP Version Not Supported",
}

function openSocket({ address, port, tls }: ConnectionTarget): Socket {
  const options = { host: address, port, noDelay: true, keepAlive: true }
  if (tls === undefined) return connectTcp(options)
  // Loaded with the first TLS connection, because a simulator without HTTPS webhooks needs no TLS.
  const { connect: connectTls } = process.getBuiltinModule("node:tls")
  return connectTls({ ...options, ...tlsOptions(tls) })
}
