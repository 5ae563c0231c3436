import type { Socket } from "node:net"
import { idleTimer, type Timer } from "../../ground/timer.js"
import type { Webhook } from "../../webhook/webhook.js"
import type { WebhookResponse } from "../../webhook/webhook-response.js"
import type { StrictAnswers } from "./strict-answers.js"
import { readStrictHead, type StrictHead } from "./strict-head.js"

/** The parts of a server that a strict connection uses. */
export interface StrictServer {
  readonly keepAliveTimeoutMs: number
  readonly requestTimeoutMs: number
  readonly answers: StrictAnswers
  /** Returns the webhook that accepts a request by its head; `undefined` for any other request. */
  accept(head: StrictHead, connection: StrictConnection): Webhook | undefined
  /** Gives a body to its webhook, and the webhook's answer to `answer`. */
  take(webhook: Webhook, body: Buffer, answer: (answer: WebhookResponse) => void): void
  /** Lets `node:http` read the connection. */
  handOver(socket: Socket): void
  /** Handles an error of the connection in the same way as an error of `node:http`. */
  onError(error: Error, socket: Socket): void
}

/** A body that arrives in several pieces. */
interface PartialBody {
  readonly webhook: Webhook
  readonly bytes: Buffer
  received: number
  readonly timer: Timer | undefined
}

/**
 * A connection whose requests are read without `node:http`, as long as each is an update in the expected
 * form with the right secret. At the first other request, `node:http` gets the connection with the bytes
 * of that request, and keeps the connection.
 *
 * One request is answered at a time: bytes after an unanswered request wait.
 */
export class StrictConnection {
  readonly socket: Socket
  readonly #server: StrictServer
  #isAnswering = false
  /** True if the connection closes after the current request. */
  #isLast = false
  /** True after the first answer: the time-out for idle connections then applies. */
  #isIdleLimited = false
  #body: PartialBody | undefined
  /** The bytes after the request that is being answered. */
  #held: Buffer | undefined

  constructor(socket: Socket, server: StrictServer) {
    this.socket = socket
    this.#server = server
    // The time-out starts again with every transfer.
    socket.setTimeout(server.requestTimeoutMs)
    socket.on("data", this.#onData).on("end", this.#onEnd).on("timeout", this.#onTimeout)
    socket.on("error", this.#onError).on("close", this.#onClose)
  }

  /** True if no request is being read or answered, and all answers are sent. */
  get isOver(): boolean {
    const isBusy = this.#isAnswering || this.#body !== undefined
    return !isBusy && (this.socket.writableLength === 0 || this.socket.destroyed)
  }

  /** Closes the connection when the request that is being read or answered is over. */
  closeWhenOver(): void {
    this.#isLast = true
    if (!this.#isAnswering && !this.#body) this.#close()
  }

  readonly #onData = (bytes: Buffer) => {
    if (this.#isAnswering) this.#hold(bytes)
    else if (this.#body) this.#addTo(this.#body, bytes)
    else this.#readRequest(bytes)
  }

  #readRequest(bytes: Buffer): void {
    const head = readStrictHead(bytes)
    if (!head || bytes.length > head.bodyEnd) return this.#handOver(bytes)
    const webhook = this.#server.accept(head, this)
    if (!webhook) return this.#handOver(bytes)
    this.#isLast ||= head.isLast
    if (bytes.length === head.bodyEnd) return this.#take(webhook, bytes.subarray(head.bodyStart))
    const { requestTimeoutMs } = this.#server
    const timer = requestTimeoutMs > 0 ? idleTimer(this.#onLate, requestTimeoutMs) : undefined
    const body = Buffer.allocUnsafe(head.bodyEnd - head.bodyStart)
    const received = bytes.copy(body, 0, head.bodyStart)
    this.#body = { webhook, bytes: body, received, timer }
  }

  #addTo(body: PartialBody, bytes: Buffer): void {
    const missing = body.bytes.length - body.received
    body.received += bytes.copy(body.bytes, body.received)
    if (body.received < body.bytes.length) return
    this.#forgetBody()
    this.#take(body.webhook, body.bytes)
    if (bytes.length > missing) this.#hold(bytes.subarray(missing))
  }

  #take(webhook: Webhook, body: Buffer): void {
    this.#isAnswering = true
    this.#server.take(webhook, body, this.#answer)
  }

  readonly #answer = (answer: WebhookResponse) => {
    this.#isAnswering = false
    const { socket } = this
    if (!socket.writable) {
      answer.onUnsent?.()
      return
    }
    const text = this.#server.answers.textOf(answer, this.#isLast)
    // Texts without a body are ASCII, which is written faster as Latin-1.
    socket.write(text, answer.body === "" ? "latin1" : "utf8")
    const held = this.#held
    this.#held = undefined
    if (this.#isLast) this.#close()
    else if (held) this.#handOver(held)
    else if (!this.#isIdleLimited) this.#limitIdleTime()
  }

  /** Closes the connection when the answer is sent, and reads no further request. */
  #close(): void {
    this.socket.off("data", this.#onData)
    this.socket.destroySoon()
  }

  #limitIdleTime(): void {
    this.#isIdleLimited = true
    this.socket.setTimeout(this.#server.keepAliveTimeoutMs)
  }

  #hold(bytes: Buffer): void {
    this.#held = bytes
    this.socket.pause()
  }

  #handOver(bytes: Buffer): void {
    const { socket } = this
    socket.off("data", this.#onData).off("end", this.#onEnd).off("timeout", this.#onTimeout)
    socket.off("error", this.#onError).off("close", this.#onClose)
    socket.setTimeout(0)
    // Bytes that Node has read while the connection was paused.
    const rest = socket.readableLength > 0 ? (socket.read() as Buffer | null) : null
    this.#server.handOver(socket)
    socket.emit("data", rest ? Buffer.concat([bytes, rest]) : bytes)
    socket.resume()
  }

  #forgetBody(): void {
    this.#body?.timer?.stop()
    this.#body = undefined
  }

  /** Ends the connection because the rest of a body did not arrive. */
  #fail(code: string): void {
    this.#forgetBody()
    this.socket.off("data", this.#onData)
    const error = new Error("The body of a request is incomplete.")
    this.#server.onError(Object.assign(error, { code }), this.socket)
  }

  /** Called when the rest of a body has not arrived in time. */
  readonly #onLate = () => this.#fail("ERR_HTTP_REQUEST_TIMEOUT")

  /** Called when the connection has been silent for the length of its time-out. */
  readonly #onTimeout = () => {
    if (!this.#isAnswering && !this.#body) this.socket.destroy()
  }

  /** Called when the client has ended its side of the connection. */
  readonly #onEnd = () => {
    if (this.#body) this.#fail("HPE_INVALID_EOF_STATE")
    else this.socket.end()
  }

  readonly #onError = (error: Error) => this.#server.onError(error, this.socket)

  readonly #onClose = () => this.#forgetBody()
}
