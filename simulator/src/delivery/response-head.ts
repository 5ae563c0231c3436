/** What a webhook answered, before its body. */
export interface ResponseHead {
  readonly status: number
  /** The reason as it was sent. */
  readonly reason: string
  /** Names in lower case; of a repeated header the last one. */
  readonly headers: ReadonlyMap<string, string>
  readonly keepAlive: boolean
}

/** A response that Telegram cannot read. It sends `status` back to the webhook's server, and closes. */
export class UnreadableResponse extends Error {
  /** The HTTP status that is written back. */
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

/** Reads the head as Telegram does, with the same blind spots. @param text without the empty line */
export function parseResponseHead(text: string): ResponseHead {
  const version = /^[^ ]*/.exec(text)?.[0] ?? ""
  if (!version.startsWith("HTTP")) throw new UnreadableResponse(501, "Not Implemented")
  if (version !== "HTTP/1.1" && version !== "HTTP/1.0") {
    throw new UnreadableResponse(505, "HTTP Version Not Supported")
  }
  // A status line without a space after the code swallows the name of the next header.
  const [line = "", code = "", reason = ""] = /^[^ ]* +([^ ]*) *([^\r]*)/.exec(text) ?? []
  const headers = parseHeaders(text.slice(line.length))
  const connection = (headers.get("connection") ?? "").toLowerCase()
  const keepAlive = version === "HTTP/1.1" ? connection !== "close" : connection === "keep-alive"
  return { status: Number.parseInt(code, 10) || 0, reason, headers, keepAlive }
}

function parseHeaders(text: string): Map<string, string> {
  const headers = new Map<string, string>()
  for (const line of text.replaceAll(/\r\n[ \t]+/g, " ").split("\r\n")) {
    const colon = line.indexOf(":")
    if (colon > 0)
      headers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim())
  }
  return headers
}
