import { acknowledged, type WebhookResponse } from "../../webhook/webhook-response.js"

/** The answers of a server to the requests of strict connections, as text in the form of `node:http`. */
export class StrictAnswers {
  readonly #statusTexts: Readonly<Record<number, string | undefined>>
  readonly #keepAlive: string
  /** The second of {@link StrictAnswers.#date}, in Unix time. */
  #second = 0
  #date = ""
  /** The text of an acknowledgement in this second. Most answers are this text. */
  #acknowledged = ""

  /** @param keepAliveTimeoutMs the time for which an idle connection stays open; 0 for any time */
  constructor(keepAliveTimeoutMs: number) {
    this.#statusTexts = process.getBuiltinModule("node:http").STATUS_CODES
    const seconds = Math.floor(keepAliveTimeoutMs / 1000)
    const hint = keepAliveTimeoutMs === 0 ? "" : `Keep-Alive: timeout=${seconds}\r\n`
    this.#keepAlive = `Connection: keep-alive\r\n${hint}`
  }

  /** Returns the text of an answer. `isLast` announces that the server closes the connection. */
  textOf(answer: WebhookResponse, isLast: boolean): string {
    this.#followClock()
    if (answer === acknowledged && !isLast) return this.#acknowledged
    const { status, headers, body } = answer
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
    const connection = isLast ? "Connection: close\r\n" : this.#keepAlive
    return (
      `HTTP/1.1 ${status} ${this.#statusTexts[status] ?? ""}\r\n${lines.join("")}` +
      `Content-Length: ${Buffer.byteLength(body)}\r\n${this.#date}${connection}\r\n${body}`
    )
  }

  #followClock(): void {
    const second = Math.floor(Date.now() / 1000)
    if (second === this.#second) return
    this.#second = second
    this.#date = `Date: ${new Date(second * 1000).toUTCString()}\r\n`
    this.#acknowledged = `HTTP/1.1 200 OK\r\n${this.#date}${this.#keepAlive}Content-Length: 0\r\n\r\n`
  }
}
