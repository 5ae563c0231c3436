import { toInt32 } from "../ground/to-integer.js"

/** The status line and headers of a webhook's response. */
export interface ResponseHead {
  readonly status: number
  /** The reason phrase as it was sent. */
  readonly reason: string
  /**
   * Header values by lower-case name; of a repeated header the last value, of `Retry-After` the
   * first.
   */
  readonly headers: ReadonlyMap<string, string>
  readonly keepAlive: boolean
}

/**
 * An error for a response that Telegram cannot parse. Unless `status` is 0, Telegram writes an HTTP
 * error with this status to the webhook's server; then it closes the connection.
 */
export class UnreadableResponse extends Error {
  /** The HTTP status that is written back. */
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

/**
 * Parses a response head with the same tolerance and the same errors as Telegram's server.
 * @param text the head without its empty line
 */
export function parseResponseHead(text: string): ResponseHead {
  const version = /^[^ ]*/.exec(text)?.[0] ?? ""
  const request = /^(GET|POST) ([^ ]*)/.exec(text)
  if (request !== null) {
    const requestLine = `${request[1]}:${request[2]}`
    throw new UnreadableResponse(0, `Wrong response from the webhook: ${requestLine}`)
  }
  if (!version.startsWith("HTTP")) throw new UnreadableResponse(501, "Not Implemented")
  if (version !== "HTTP/1.1" && version !== "HTTP/1.0") {
    throw new UnreadableResponse(505, "HTTP Version Not Supported")
  }
  // A status line without a space after the code makes the parser skip the next header's name.
  const match = /^[^ ]* ([^ ]*) ([^\r]*)/.exec(text)
  // Neither a space after the code nor a complete line end is required.
  if (match === null || /\r(?!\n)/.test(text)) throw new UnreadableResponse(400, "Bad Request")
  const [line = "", code = "", reason = ""] = match
  const headers = parseHeaders(text.slice(line.length))
  const connection = (headers.get("connection") ?? "").toLowerCase()
  const isNamed = version === "HTTP/1.1" || connection !== ""
  return { status: toInt32(code), reason, headers, keepAlive: isNamed && connection !== "close" }
}

function parseHeaders(text: string): Map<string, string> {
  const headers = new Map<string, string>()
  for (const line of text.replaceAll(/\r\n[ \t]+/g, " ").split("\r\n")) {
    const colon = line.indexOf(":")
    if (colon <= 0) continue
    const name = trimmed(line.slice(0, colon)).toLowerCase()
    if (name === "retry-after" && headers.has(name)) continue
    headers.set(name, trimmed(line.slice(colon + 1)))
  }
  return headers
}

// Only these blanks are trimmed; others belong to the value.
function trimmed(text: string): string {
  return text.replaceAll(/^[ \t]+|(?<![ \t])[ \t]+$/g, "")
}
