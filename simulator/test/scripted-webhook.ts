import { createServer, type AddressInfo, type Server, type Socket } from "node:net"
import { createServer as createTlsServer, type TlsOptions } from "node:tls"
import type { Clock } from "../src/index.js"

/** A received request. */
export interface Received {
  /** All bytes, one character per byte. */
  readonly raw: string
  readonly headers: readonly string[]
  readonly updateId: number
  readonly update: Record<string, unknown>
  /** The time of the clock, in milliseconds. */
  readonly at: number
  /** The number of its connection, from 0. */
  readonly connection: number
  /** Sends bytes back. */
  answer(bytes: string | Buffer): void
  /** Ends the connection. */
  end(): void
  /** Resets the connection. */
  reset(): void
}

/** A 200 without a body. */
export const ok = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"

/** Returns a response with another status line. */
export function response(status: string, headers: readonly string[] = [], body = ""): string {
  const length = `Content-Length: ${Buffer.byteLength(body)}`
  return [`HTTP/1.1 ${status}`, ...headers, length, "", body].join("\r\n")
}

/** A webhook's server on a bare socket, which answers each request by a script. */
export class ScriptedWebhook implements AsyncDisposable {
  readonly requests: Received[] = []
  /** The number of connections so far. */
  connections = 0
  /** The times at which connections were opened, by the clock. */
  readonly connectedAt: number[] = []
  /** The number of open connections. */
  open = 0
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  readonly #script: (request: Received) => void
  readonly #clock: Clock
  readonly #waiting = new Set<() => void>()

  private constructor(script: (request: Received) => void, clock: Clock, tls?: TlsOptions) {
    this.#script = script
    this.#clock = clock
    const serve = (socket: Socket) => this.#serve(socket)
    this.#server = tls === undefined ? createServer(serve) : createTlsServer(tls, serve)
    this.#server.on("connection", (socket: Socket) => this.#connected(socket))
  }

  static async start(
    script: (request: Received) => void,
    options: { clock?: Clock; tls?: TlsOptions; port?: number } = {},
  ): Promise<ScriptedWebhook> {
    const clock = options.clock ?? { now: () => Date.now(), setTimeout: () => ({ cancel() {} }) }
    const webhook = new ScriptedWebhook(script, clock, options.tls)
    await new Promise<void>((resolve) => {
      webhook.#server.listen(options.port ?? 0, "127.0.0.1", resolve)
    })
    return webhook
  }

  get port(): number {
    // A TCP server's address is of this kind.
    return (this.#server.address() as AddressInfo).port
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/hook`
  }

  /** Resolves when an event makes the condition true. */
  async until(isTrue: () => boolean): Promise<void> {
    while (!isTrue()) await new Promise<void>((resolve) => void this.#waiting.add(resolve))
  }

  /** Returns the seconds from the first request to each request, rounded. */
  seconds(): number[] {
    const start = this.requests[0]?.at ?? 0
    return this.requests.map(({ at }) => Math.round((at - start) / 100) / 10)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    await new Promise<void>((resolve) => void this.#server.close(() => resolve()))
  }

  #connected(socket: Socket): void {
    this.#sockets.add(socket)
    this.connections += 1
    this.open += 1
    this.connectedAt.push(this.#clock.now())
    socket.on("error", () => {})
    socket.on("close", () => {
      this.#sockets.delete(socket)
      this.open -= 1
      this.#changed()
    })
    this.#changed()
  }

  #serve(socket: Socket): void {
    const connection = this.connections - 1
    let raw = ""
    socket.on("error", () => {})
    socket.on("data", (bytes: Buffer) => {
      raw += bytes.toString("latin1")
      const length = /\r\nContent-Length: (\d+)\r\n[^]*?\r\n\r\n/.exec(raw)
      const end = length === null ? 0 : length.index + length[0].length + Number(length[1])
      if (length === null || raw.length < end) return
      this.#received(raw.slice(0, end), connection, socket)
      raw = raw.slice(end)
    })
  }

  #received(raw: string, connection: number, socket: Socket): void {
    const [head = "", body = ""] = raw.split("\r\n\r\n")
    const update: Record<string, unknown> = JSON.parse(body)
    const request = {
      raw,
      connection,
      headers: head.split("\r\n"),
      updateId: Number(update["update_id"]),
      update,
      at: this.#clock.now(),
      answer: (bytes: string | Buffer) => void socket.write(bytes),
      end: () => void socket.end(),
      reset: () => void socket.resetAndDestroy(),
    }
    this.requests.push(request)
    this.#script(request)
    this.#changed()
  }

  #changed(): void {
    for (const wake of this.#waiting) wake()
    this.#waiting.clear()
  }
}
