import { isPoll } from "../is-poll.js"
import type { TransportRequest, TransportResponse } from "../transport.js"

/** A request whose body is a string, if it has one. */
export type PlainRequest = TransportRequest & { readonly body?: string | undefined }

/** A connection that carries a request. */
export interface Carrier {
  /** Closes the connection. Its request fails with the error. */
  destroy(error: Error): void
}

/** A request on its way to a server, and back. */
export class DirectRequest {
  /** Whether the request is a call of `getUpdates`. */
  readonly isPoll: boolean
  /** The head and the body. */
  readonly text: string
  /** The encoding of the text: Latin-1, which is faster, if all of the text is ASCII. */
  readonly encoding: "latin1" | "utf8"
  /** Resolves with the whole answer. */
  readonly answered: Promise<TransportResponse<string>>
  /** The connection that carries the request; `undefined` while the request waits. */
  connection: Carrier | undefined
  #resolve!: (answer: TransportResponse<string>) => void
  #reject!: (error: Error) => void
  readonly #onOver: (request: DirectRequest) => void
  #isOver = false

  /**
   * @param host the value of the header `Host`
   * @param onOver is called once, when the request has been answered or has failed
   */
  constructor(
    host: string,
    { path, method, headers, body = "" }: PlainRequest,
    onOver: (request: DirectRequest) => void,
  ) {
    if (!/^[!-~]+$/.test(path)) throw new TypeError("The path is not percent-encoded.")
    const length = Buffer.byteLength(body)
    let head = `${method} ${path} HTTP/1.1\r\nhost: ${host}\r\nconnection: keep-alive\r\n`
    for (const name of Object.keys(headers)) head += `${name}: ${headers[name]}\r\n`
    if (method === "POST") head += `content-length: ${length}\r\n`
    this.isPoll = isPoll(path)
    this.text = `${head}\r\n${body}`
    this.encoding = length === body.length ? "latin1" : "utf8"
    this.#onOver = onOver
    this.answered = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
  }

  /** Whether the request has been answered, or has failed. */
  get isOver(): boolean {
    return this.#isOver
  }

  /** Ends the request with its answer. */
  end(answer: TransportResponse<string>): void {
    if (this.#over()) this.#resolve(answer)
  }

  /** Ends the request with an error. */
  fail(error: Error): void {
    if (this.#over()) this.#reject(error)
  }

  /** Returns whether the request was not over. */
  #over(): boolean {
    if (this.#isOver) return false
    this.#isOver = true
    this.#onOver(this)
    return true
  }
}
