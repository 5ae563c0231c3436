import { MalformedAnswer, parseHeaderLine } from "./answer-head.js"

/** The maximum length of a line with the size of a chunk, and of the lines after the last chunk, in bytes. */
const longestLine = 4096
const longestTrailer = 16_384

const sizeLine = /^([\dA-Fa-f]{1,8})(?:;[!#$%&'*+.^_`|~\w-]+(?:=[!#$%&'*+.^_`|~\w-]+)?)*$/

/** A reader of a body in chunks. No I/O. */
export class ChunkReader {
  readonly #onData: (data: Buffer) => void
  /** The part of the body that comes next. */
  #next: "size" | "data" | "end of data" | "trailer" = "size"
  /** The number of bytes of the current chunk that have not arrived. */
  #missing = 0
  /** The bytes of an incomplete line. */
  #partial = ""
  #trailerLength = 0

  /** @param onData gets the bytes of the body */
  constructor(onData: (data: Buffer) => void) {
    this.#onData = onData
  }

  /**
   * Reads bytes. Returns the number of bytes that follow the body; `undefined` if the body is incomplete.
   *
   * @throws MalformedAnswer
   */
  read(bytes: Buffer): number | undefined {
    let at = 0
    while (at < bytes.length) {
      if (this.#next === "data") {
        at += this.#readData(bytes, at)
        continue
      }
      const end = bytes.indexOf(10, at)
      const lineEnd = end === -1 ? bytes.length : end + 1
      this.#partial += bytes.toString("latin1", at, lineEnd)
      at = lineEnd
      if (this.#partial.length > longestLine) throw new MalformedAnswer("a line is too long")
      if (end === -1) return undefined
      if (!this.#partial.endsWith("\r\n")) throw new MalformedAnswer("a line end is invalid")
      const line = this.#partial.slice(0, -2)
      this.#partial = ""
      if (this.#readLine(line)) return bytes.length - at
    }
    return undefined
  }

  #readData(bytes: Buffer, at: number): number {
    const length = Math.min(this.#missing, bytes.length - at)
    this.#onData(bytes.subarray(at, at + length))
    this.#missing -= length
    if (this.#missing === 0) this.#next = "end of data"
    return length
  }

  /** Reads a line. Returns whether the body is complete. */
  #readLine(line: string): boolean {
    if (this.#next === "trailer") {
      this.#trailerLength += line.length
      if (this.#trailerLength > longestTrailer) throw new MalformedAnswer("the trailer is too long")
      // The trailer has no meaning for calls.
      if (line !== "") parseHeaderLine(line)
      return line === ""
    }
    if (this.#next === "end of data") {
      if (line !== "") throw new MalformedAnswer("a chunk is longer than its size")
      this.#next = "size"
      return false
    }
    const size = sizeLine.exec(line)?.[1]
    if (size === undefined) throw new MalformedAnswer("the size of a chunk is invalid")
    this.#missing = Number.parseInt(size, 16)
    this.#next = this.#missing > 0 ? "data" : "trailer"
    return false
  }
}
