import { UnreadableResponse } from "./response-head.js"

/** The maximum length of the line with a chunk's size, in characters. */
const maxSizeLineLength = 8

/** A parser of chunked bodies. Bytes behind the last chunk stay unread. */
export class ChunkedBody {
  #remaining = 0
  #state: "size" | "data" | "after" | "end" = "size"

  /** Whether the last chunk has been read. */
  get isComplete(): boolean {
    return this.#state === "end"
  }

  /**
   * Parses `bytes` as far as possible and passes the data to `take`. Returns the number of bytes
   * consumed.
   */
  read(bytes: Buffer, take: (data: Buffer) => void): number {
    let at = 0
    while (this.#state !== "end") {
      const used = this.#step(bytes.subarray(at), take)
      if (used === 0) break
      at += used
    }
    return at
  }

  #step(bytes: Buffer, take: (data: Buffer) => void): number {
    if (this.#state === "size") return this.#readSize(bytes)
    if (this.#state === "after") return this.#readLineEnd(bytes)
    const data = bytes.subarray(0, this.#remaining)
    if (data.length > 0) take(data)
    this.#remaining -= data.length
    if (this.#remaining === 0) this.#state = "after"
    return data.length
  }

  #readSize(bytes: Buffer): number {
    const end = bytes.indexOf("\r\n")
    const line = bytes.subarray(0, end === -1 ? undefined : end)
    if (line.length > maxSizeLineLength) {
      const sizeLine = line.toString("latin1")
      throw new UnreadableResponse(400, `Bad Request: Too long length in chunked ${sizeLine}`)
    }
    if (end === -1) return 0
    const digits = /^[\da-f]+/i.exec(line.toString("latin1"))?.[0] ?? "0"
    this.#remaining = Number.parseInt(digits, 16)
    this.#isLast = this.#remaining === 0
    this.#state = this.#isLast ? "after" : "data"
    return end + 2
  }

  #isLast = false

  #readLineEnd(bytes: Buffer): number {
    if (bytes.length < 2) return 0
    this.#state = this.#isLast ? "end" : "size"
    return 2
  }
}
