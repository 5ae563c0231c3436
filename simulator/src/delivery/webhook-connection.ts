import { connect as connectTcp, type Socket } from "node:net"
import type { Clock, Timer } from "../ground/clock.js"
import { errorText } from "./error-text.js"
import { UnreadableResponse } from "./response-head.js"
import { ResponseReader, type WebhookResponse } from "./response-reader.js"
import { tlsOptions, type TlsRules } from "./tls-rules.js"

/** Where a connection goes. */
export interface ConnectionTarget {
  readonly address: string
  readonly port: number
  /** Absent for plain HTTP. */
  readonly tls?: TlsRules | undefined
}

/** Events of a connection; `closed` is the last one. */
export interface ConnectionEvents {
  /** The request has been answered. */
  answered(response: WebhookResponse): void
  /** The connection is gone; `error` is what Telegram records, absent where it records nothing. */
  closed(error: string | undefined): void
}

const idleMs = 60_000
const maxUnread = 4 * 1_048_576

/** One connection to a webhook's server: one request at a time, sixty seconds for each. */
export class WebhookConnection {
  readonly #clock: Clock
  readonly #events: ConnectionEvents
  readonly #reader = new ResponseReader()
  readonly #socket: Socket
  readonly #isTls: boolean
  #state: "connecting" | "open" | "closed" = "connecting"
  #isWaiting = false
  /** Whether there is a TCP connection; a TLS handshake may still be under way. */
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

  /** Whether it is in the middle of an exchange, the handshake included. */
  get isBusy(): boolean {
    return this.#state === "connecting" || (this.#state === "open" && this.#isWaiting)
  }

  /** Whether a request is unanswered. */
  get isWaiting(): boolean {
    return this.#isWaiting
  }

  /** Sends a request, one character a byte. */
  send(request: string): void {
    this.#isWaiting = true
    this.#deadline = this.#clock.now() + idleMs
    this.#socket.write(request, "latin1")
    // What the server had sent too much of before is taken as the answer.
    if (this.#reader.unreadBytes > 0) setImmediate(() => this.#read())
    this.#socket.resume()
  }

  /** Closes it without a report, and without telling TLS. */
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

  // Telegram writes an HTTP error to the server that it could not understand.
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
    const left = this.#deadline - this.#clock.now()
    if (left > 0) this.#timer = this.#clock.setTimeout(() => this.#checkTime(), left)
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
  // Loaded with the first such connection: a simulator without webhooks needs none of it.
  const { connect: connectTls } = process.getBuiltinModule("node:tls")
  return connectTls({ ...options, ...tlsOptions(tls) })
}
