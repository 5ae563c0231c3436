import { AnswerTooLong, longestAnswerBytes } from "../answer-too-long.js"
import type { TransportResponse } from "../transport.js"
import { type AnswerHead, MalformedAnswer, parseAnswerHead } from "./answer-head.js"
import { ChunkReader } from "./chunk-reader.js"

/** The maximum length of a head, in bytes. */
const longestHead = 16_384

/** A reader of one answer from the bytes of a connection. No I/O. */
export class AnswerReader {
  /** The bytes of an incomplete head. */
  #partialHead: Buffer | undefined
  #head: AnswerHead | undefined
  readonly #data: Buffer[] = []
  #length = 0
  #chunks: ChunkReader | undefined
  #isComplete = false
  /** Whether bytes have arrived after the answer. */
  #hasMore = false

  /**
   * Reads bytes. Returns whether the answer is complete.
   *
   * @throws MalformedAnswer, or AnswerTooLong
   */
  read(bytes: Buffer): boolean {
    if (this.#head) this.#readBody(this.#head, bytes)
    else this.#readHead(this.#partialHead ? Buffer.concat([this.#partialHead, bytes]) : bytes)
    return this.#isComplete
  }

  /** Records the end of the connection. Returns whether the answer is complete. */
  readEnd(): boolean {
    if (this.#head?.body === "until the end of the connection") this.#isComplete = true
    return this.#isComplete
  }

  /** The complete answer. */
  get answer(): TransportResponse<string> {
    const { status = 0, headers = {} } = this.#head ?? {}
    const [first] = this.#data
    const whole = first && this.#data.length === 1 ? first : Buffer.concat(this.#data)
    return { status, headers, body: whole.toString("utf8") }
  }

  /** Whether the connection can carry another request after this answer. */
  get keepsAlive(): boolean {
    return this.#isComplete && !this.#hasMore && this.#head?.keepsAlive === true
  }

  /** The time for which the server keeps an idle connection, in milliseconds; `undefined` if it is unknown. */
  get serverIdleMs(): number | undefined {
    const hint = /\btimeout\s*=\s*(\d{1,9})/.exec(String(this.#head?.headers["keep-alive"]))
    return hint ? Number(hint[1]) * 1000 : undefined
  }

  #readHead(bytes: Buffer): void {
    const end = bytes.indexOf("\r\n\r\n")
    if (end > longestHead || (end === -1 && bytes.length > longestHead)) {
      throw new MalformedAnswer("the head is too long")
    }
    if (end === -1) {
      expectVersion(bytes)
      this.#partialHead = bytes
      return
    }
    this.#partialHead = undefined
    const head = parseAnswerHead(bytes.toString("latin1", 0, end))
    const rest = bytes.subarray(end + 4)
    if (head.status === 101) throw new MalformedAnswer("it changes the protocol")
    // An interim answer comes before the answer.
    if (head.status < 200) return rest.length > 0 ? this.#readHead(rest) : undefined
    this.#begin(head, rest)
  }

  #begin(head: AnswerHead, rest: Buffer): void {
    this.#head = head
    if (head.body === "chunked") this.#chunks = new ChunkReader((data) => this.#add(data))
    if (typeof head.body === "number" && head.body > longestAnswerBytes) throw new AnswerTooLong()
    this.#readBody(head, rest)
  }

  #readBody({ body }: AnswerHead, bytes: Buffer): void {
    if (this.#chunks) {
      const more = this.#chunks.read(bytes)
      if (more !== undefined) this.#end(more > 0)
    } else if (typeof body === "number") {
      const missing = body - this.#length
      this.#add(bytes.length > missing ? bytes.subarray(0, missing) : bytes)
      if (bytes.length >= missing) this.#end(bytes.length > missing)
    } else this.#add(bytes)
  }

  #add(data: Buffer): void {
    if (data.length === 0) return
    this.#length += data.length
    if (this.#length > longestAnswerBytes) throw new AnswerTooLong()
    this.#data.push(data)
  }

  #end(hasMore: boolean): void {
    this.#isComplete = true
    this.#hasMore = hasMore
  }
}

/** Throws a `MalformedAnswer` if bytes are not the beginning of a head. */
function expectVersion(bytes: Buffer): void {
  const start = bytes.toString("latin1", 0, 7)
  if (!"HTTP/1.".startsWith(start)) throw new MalformedAnswer("the status line is invalid")
}
