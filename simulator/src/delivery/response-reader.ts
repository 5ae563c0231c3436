import { Arguments } from "../arguments/arguments.js"
import { EmptyHttpError } from "../ground/empty-http-error.js"
import { addBody } from "../arguments/read-arguments.js"
import { toSize } from "../ground/to-integer.js"
import { isCompressedData, decompressed } from "./decompressed.js"
import { ChunkedBody } from "./chunked-body.js"
import { parseResponseHead, UnreadableResponse, type ResponseHead } from "./response-head.js"

/** A complete response of a webhook. */
export interface WebhookResponse extends ResponseHead {
  /** The parameters in the body; empty for a content type other than JSON or a form. */
  readonly args: Arguments
}

/** The maximum sizes of a response's head, of its parameters, and of a multipart body. */
const maxHeadBytes = 262_144
const maxParameterBytes = 1_048_576
const maxMultipartBytes = 64 * 1_048_576
const nothing = Buffer.alloc(0)

interface BodyInProgress {
  readonly head: ResponseHead
  readonly chunked: ChunkedBody | undefined
  /** The number of bytes to keep; further bytes are counted and dropped. */
  readonly keep: number
  left: number
  readonly kept: Buffer[]
  keptBytes: number
}

/**
 * A parser of responses on a connection, with the rules of Telegram's server. Bytes behind a
 * response stay, and are parsed as the beginning of the next one.
 */
export class ResponseReader {
  #unread: Buffer = nothing
  #body: BodyInProgress | undefined

  /** Adds received bytes. */
  feed(bytes: Buffer): void {
    this.#unread = this.#unread.length === 0 ? bytes : Buffer.concat([this.#unread, bytes])
  }

  /** The number of unread bytes. */
  get unreadBytes(): number {
    return this.#unread.length
  }

  /**
   * Returns the next response once it is complete, otherwise `undefined`. Throws {@link
   * UnreadableResponse}.
   */
  next(): WebhookResponse | undefined {
    this.#body ??= this.#startBody()
    const body = this.#body
    if (body === undefined || !this.#readBody(body)) return undefined
    this.#body = undefined
    return { ...body.head, args: argumentsOf(body) }
  }

  #startBody(): BodyInProgress | undefined {
    const end = this.#unread.indexOf("\r\n\r\n")
    if ((end === -1 ? this.#unread.length : end) > maxHeadBytes) {
      throw new UnreadableResponse(
        431,
        "Request Header Fields Too Large: total headers size exceeded",
      )
    }
    if (end === -1) return undefined
    const head = parseResponseHead(this.#unread.toString("latin1", 0, end))
    this.#unread = this.#unread.subarray(end + 4)
    return bodyOf(head)
  }

  #readBody(body: BodyInProgress): boolean {
    if (body.chunked !== undefined) {
      const used = body.chunked.read(this.#unread, (data) => keepData(body, data))
      this.#unread = this.#unread.subarray(used)
      return body.chunked.isComplete
    }
    const data = this.#unread.subarray(0, body.left)
    if (data.length > 0) keepData(body, data)
    this.#unread = this.#unread.subarray(data.length)
    body.left -= data.length
    return body.left === 0
  }
}

function bodyOf(head: ResponseHead): BodyInProgress {
  const encoding = head.headers.get("transfer-encoding") ?? ""
  if (encoding !== "" && encoding.toLowerCase() !== "chunked") {
    throw new UnreadableResponse(501, "Unimplemented: unsupported transfer-encoding")
  }
  const chunked = encoding === "" ? undefined : new ChunkedBody()
  const bodyLength = contentLength(head.headers.get("content-length"))
  const hasBody = chunked !== undefined || bodyLength > 0
  if (hasBody) refuseUnknownEncoding(head)
  const keep = hasBody ? keptBytes(head) : 0
  return { head, chunked, keep, left: bodyLength, kept: [], keptBytes: 0 }
}

function contentLength(header: string | undefined): number {
  return toSize(header ?? "")
}

function refuseUnknownEncoding({ headers }: ResponseHead): void {
  const encoding = (headers.get("content-encoding") ?? "").toLowerCase()
  if (!["", "none", "gzip", "deflate"].includes(encoding)) {
    throw new UnreadableResponse(415, "Unsupported Media Type: unsupported content-encoding")
  }
}

function keptBytes({ headers }: ResponseHead): number {
  const type = (headers.get("content-type") ?? "").toLowerCase()
  if (type.includes("multipart/form-data")) return maxMultipartBytes
  const isRead = type.includes("application/json") || type.includes("x-www-form-urlencoded")
  // A compressed body is decompressed even if nobody needs it, because damage is an error.
  return isRead ? maxParameterBytes : isCompressed(headers) ? maxMultipartBytes : 0
}

function isCompressed(headers: ReadonlyMap<string, string>): boolean {
  return /^(?:gzip|deflate)$/i.test(headers.get("content-encoding") ?? "")
}

function keepData(body: BodyInProgress, data: Buffer): void {
  if (body.keep === 0) return
  body.keptBytes += data.length
  if (body.keptBytes > body.keep) throw tooLarge()
  body.kept.push(data)
}

function argumentsOf(body: BodyInProgress): Arguments {
  const args = new Arguments()
  try {
    addBody(args, body.head.headers.get("content-type") ?? "", decoded(body))
  } catch (error) {
    throw error instanceof EmptyHttpError
      ? new UnreadableResponse(error.status, error.message)
      : error
  }
  return args
}

function decoded({ head, kept, keep }: BodyInProgress): Buffer {
  if (kept.length === 0) return nothing
  const bytes = Buffer.concat(kept)
  if (!isCompressed(head.headers)) return bytes
  try {
    return decompressed(bytes, keep)
  } catch (error) {
    if (error instanceof RangeError) throw tooLarge()
    // Catches data that is not compressed at all, incomplete, or damaged.
    const code = isCompressedData(bytes) ? -5 : -3
    throw new UnreadableResponse(400, `Bad Request: zlib error ${code}`)
  }
}

function tooLarge(): UnreadableResponse {
  return new UnreadableResponse(413, "Request Entity Too Large: too many parameters")
}
