import type { TransportResponse } from "../transport.js"

/** The error of an answer that is not well-formed HTTP/1.1. */
export class MalformedAnswer extends Error {
  readonly code = "MALFORMED_ANSWER"

  constructor(reason: string) {
    super(`The answer is not HTTP/1.1: ${reason}`)
  }
}

/** The head of an answer. */
export interface AnswerHead {
  readonly status: number
  readonly headers: TransportResponse<string>["headers"]
  /** The length of the body in bytes, or the form of a body of unknown length. */
  readonly body: number | "chunked" | "until the end of the connection"
  /** Whether the server keeps the connection open after the answer. */
  readonly keepsAlive: boolean
}

const statusLine = /^HTTP\/1\.([01]) ([1-9]\d\d)(?: [\t -~\x80-\xff]*)?$/
const headerLine =
  /^([!#$%&'*+.^_`|~\dA-Za-z-]+):[ \t]*(?:([!-~\x80-\xff]+(?:[ \t]+[!-~\x80-\xff]+)*)[ \t]*)?$/
const contentLength = /^\d{1,15}$/

/**
 * Parses the head of an answer, without the empty line at its end.
 *
 * Nothing is guessed: a length that is given twice, a length next to chunks, a folded line and a line end
 * without a carriage return are errors. An answer then has one reading, and no part of it can be taken for the answer
 * to the next request.
 *
 * @param text the bytes as Latin-1
 * @throws MalformedAnswer
 */
export function parseAnswerHead(text: string): AnswerHead {
  const [first = "", ...lines] = text.split("\r\n")
  const [, minor, code] = statusLine.exec(first) ?? []
  if (code === undefined) throw new MalformedAnswer("the status line is invalid")
  const headers = headersOf(lines)
  const status = Number(code)
  const body = bodyOf(status, headers)
  const connection = String(headers["connection"] ?? "").toLowerCase()
  const staysOpen =
    minor === "1" ? !/\bclose\b/.test(connection) : /\bkeep-alive\b/.test(connection)
  return {
    status,
    headers,
    body,
    keepsAlive: staysOpen && body !== "until the end of the connection",
  }
}

/**
 * Returns the name in lower case and the value of a header line.
 *
 * @throws MalformedAnswer
 */
export function parseHeaderLine(line: string): readonly [name: string, value: string] {
  const [, name, value = ""] = headerLine.exec(line) ?? []
  if (name === undefined) throw new MalformedAnswer("a header line is invalid")
  return [name.toLowerCase(), value]
}

function headersOf(lines: readonly string[]): AnswerHead["headers"] {
  const headers: Record<string, string | string[]> = Object.create(null)
  for (const line of lines) {
    const [name, value] = parseHeaderLine(line)
    const known = headers[name]
    headers[name] = known === undefined ? value : [known, value].flat()
  }
  return headers
}

function bodyOf(status: number, headers: AnswerHead["headers"]): AnswerHead["body"] {
  const { "transfer-encoding": coding, "content-length": length } = headers
  if (status < 200 || status === 204 || status === 304) return 0
  if (coding !== undefined) {
    if (length !== undefined) throw new MalformedAnswer("it has a length and a transfer encoding")
    if (String(coding).toLowerCase() === "chunked") return "chunked"
    throw new MalformedAnswer("the transfer encoding is unknown")
  }
  if (length === undefined) return "until the end of the connection"
  if (typeof length === "string" && contentLength.test(length)) return Number(length)
  throw new MalformedAnswer("the length is invalid")
}
