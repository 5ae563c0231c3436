import type { WebhookHead } from "../../webhook/head-check.js"

/** The head of a request that {@link readStrictHead} accepts. */
export interface StrictHead extends WebhookHead {
  /** The path, without query and fragment. */
  readonly path: string
  readonly contentLength: string
  readonly "x-forwarded-for": string | undefined
  readonly forwarded: string | undefined
  /** True for `Connection: close`: the client sends no further request. */
  readonly isLast: boolean
  /** The position of the body in the bytes. */
  readonly bodyStart: number
  /** The position after the body, which may be beyond the bytes. */
  readonly bodyEnd: number
}

/**
 * The longest accepted head, in bytes. Telegram's heads have at most 4,096 bytes, and proxies add a few
 * lines.
 */
const maxHeadBytes = 8192

/** The headers that Telegram and proxies in front of webhooks send, with their places in a list of values. */
const names = [
  "Host",
  "Content-Length",
  "Connection",
  "X-Telegram-Bot-Api-Secret-Token",
  "Content-Type",
  "X-Forwarded-For",
  "Forwarded",
  "Accept-Encoding",
  "Authorization",
  "Via",
  "X-Forwarded-Host",
  "X-Forwarded-Proto",
  "X-Real-IP",
]

/** The places by name, in the two spellings that occur: haproxy writes lower case. */
const places: ReadonlyMap<string, number> = new Map(
  names.flatMap((name, place) => [
    [name, place],
    [name.toLowerCase(), place],
  ]),
)

const requestLine = /^POST (\/[\w/.~%:@!$&'()*+,;=-]*) HTTP\/1\.1$/
const plainValue = /^[!-~](?:[ -~]*[!-~])?$/
const plainLength = /^[1-9]\d{0,8}$/

/**
 * Reads the head of a request at the beginning of the bytes. Returns `undefined` unless the head is complete
 * and has the form in which Telegram and proxies send it: `POST` to a path without a query, HTTP/1.1, and known
 * headers only, each at most once and with printable ASCII as its value. A `Host` and a `Content-Length` above 0
 * are required. Such a head is unambiguous: `node:http` reads the same values from it.
 */
export function readStrictHead(bytes: Buffer): StrictHead | undefined {
  const text = bytes.toString("latin1", 0, maxHeadBytes)
  const end = text.indexOf("\r\n\r\n")
  if (end === -1) return undefined
  const firstEnd = text.indexOf("\r\n")
  const path = requestLine.exec(text.slice(0, firstEnd))?.[1]
  const values = path === undefined ? undefined : valuesOf(text, firstEnd + 2, end)
  if (path === undefined || values === undefined) return undefined
  const [host, contentLength = "", connection, secretToken, contentType, forwardedFor, forwarded] =
    values
  if (host === undefined || !plainLength.test(contentLength)) return undefined
  const isLast = connection === "close"
  if (!isLast && connection !== undefined && connection !== "keep-alive") return undefined
  return {
    method: "POST",
    path,
    secretToken,
    contentType,
    contentEncoding: undefined,
    contentLength,
    "x-forwarded-for": forwardedFor,
    forwarded,
    isLast,
    bodyStart: end + 4,
    bodyEnd: end + 4 + Number(contentLength),
  }
}

/** Returns the values of the header lines from `start` to `end`; `undefined` for an unexpected line. */
function valuesOf(text: string, start: number, end: number): (string | undefined)[] | undefined {
  const values = names.map(noValue)
  for (let at = start; at < end;) {
    const colon = text.indexOf(": ", at)
    const lineEnd = text.indexOf("\r\n", at)
    // In a line without a colon, the slice reaches into a later line, so it is not a known name.
    const place = places.get(text.slice(at, colon))
    const value = text.slice(colon + 2, lineEnd)
    if (place === undefined || values[place] !== undefined || !plainValue.test(value))
      return undefined
    values[place] = value
    at = lineEnd + 2
  }
  return values
}

function noValue(): string | undefined {
  return undefined
}
