import { once } from "node:events"
import { connect, type NetConnectOpts, type Socket } from "node:net"
import { connect as connectTls, type ConnectionOptions } from "node:tls"

/** A raw answer. */
export interface RawAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** A client that sends exactly the bytes it is given. */
export class RawClient {
  readonly socket: Socket
  #received = ""
  #isEnded = false
  #changed = () => {}

  constructor(socket: Socket) {
    this.socket = socket
    socket.setEncoding("latin1")
    socket.on("data", (text: string) => {
      this.#received += text
      this.#changed()
    })
    // A server may cut off an invalid request; its earlier answer counts.
    socket.on("error", () => {})
    socket.on("close", () => {
      this.#isEnded = true
      this.#changed()
    })
  }

  static async open(options: NetConnectOpts): Promise<RawClient> {
    const socket = connect(options)
    await once(socket, "connect")
    return new RawClient(socket)
  }

  static async openTls(options: ConnectionOptions): Promise<RawClient> {
    const socket = connectTls(options)
    await once(socket, "secureConnect")
    return new RawClient(socket)
  }

  send(bytes: string | Uint8Array): void {
    this.socket.write(bytes)
  }

  /** The received bytes that were not read. */
  get unread(): string {
    return this.#received
  }

  get isClosed(): boolean {
    return this.#isEnded
  }

  /** Returns the next answer. Rejects if the connection closes without one. */
  async answer(options: { toHead?: boolean } = {}): Promise<RawAnswer> {
    await this.#until(() => this.#received.includes("\r\n\r\n"))
    const end = this.#received.indexOf("\r\n\r\n")
    const [statusLine = "", ...lines] = this.#received.slice(0, end).split("\r\n")
    const headers = Object.fromEntries(lines.map((line) => headerOf(line)))
    const length = options.toHead ? 0 : Number(headers["content-length"] ?? 0)
    await this.#until(() => this.#received.length >= end + 4 + length)
    const body = this.#received.slice(end + 4, end + 4 + length)
    this.#received = this.#received.slice(end + 4 + length)
    return { status: Number(statusLine.split(" ")[1]), headers, body }
  }

  /** Resolves when the server has closed the connection. */
  async closed(): Promise<void> {
    while (!this.#isEnded) await this.#change()
  }

  destroy(): void {
    this.socket.destroy()
  }

  async #until(isSo: () => boolean): Promise<void> {
    while (!isSo()) {
      if (this.#isEnded) throw new Error(`Closed after ${JSON.stringify(this.#received)}`)
      await this.#change()
    }
  }

  #change(): Promise<void> {
    return new Promise((resolve) => {
      this.#changed = resolve
    })
  }
}

/**
 * Returns a request as Telegram writes it. Given headers replace Telegram's; `null` removes one.
 */
export function requestText(
  body: string,
  change: {
    method?: string
    path?: string
    headers?: Readonly<Record<string, string | null>>
  } = {},
): string {
  const headers: Record<string, string | null> = {
    Host: "example.com",
    "X-Telegram-Bot-Api-Secret-Token": secret,
    "Content-Type": "application/json",
    "Content-Length": String(Buffer.byteLength(body)),
    Connection: "keep-alive",
    "Accept-Encoding": "gzip, deflate",
    ...change.headers,
  }
  const lines = Object.entries(headers)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `${name}: ${value}\r\n`)
  const { method = "POST", path = "/hook" } = change
  return `${method} ${path} HTTP/1.1\r\n${lines.join("")}\r\n${body}`
}

/** The secret that {@link requestText} sends. */
export const secret = "the-right_secret"

function headerOf(line: string): [string, string] {
  const colon = line.indexOf(":")
  return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()]
}
