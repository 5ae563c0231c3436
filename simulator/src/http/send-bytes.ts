import type { IncomingMessage, ServerResponse } from "node:http"

/** Answers with a file, or with the part of it that a `Range` asks for; a HEAD without its bytes. */
export function sendBytes(request: IncomingMessage, response: ServerResponse, bytes: Buffer): void {
  const range = rangeOf(request.headers.range, bytes.length)
  const headers = { "Content-Type": "application/octet-stream", "Accept-Ranges": "bytes" }
  if (range === "unsatisfiable") {
    response.writeHead(416, { "Content-Range": `bytes */${bytes.length}`, "Content-Length": 0 })
    return void response.end()
  }
  const part = range === undefined ? bytes : bytes.subarray(range.start, range.end)
  response.writeHead(range === undefined ? 200 : 206, {
    ...headers,
    "Content-Length": part.length,
    ...(range && { "Content-Range": `bytes ${range.start}-${range.end - 1}/${bytes.length}` }),
  })
  response.end(request.method === "HEAD" ? undefined : part)
}

interface Range {
  readonly start: number
  /** Behind the last byte. */
  readonly end: number
}

// Several ranges at once may be answered with the whole file.
function rangeOf(header: string | undefined, length: number): Range | "unsatisfiable" | undefined {
  const [, from = "", to = ""] = /^bytes=(\d*)-(\d*)$/.exec(header ?? "") ?? []
  if (from === "" && to === "") return undefined
  const start = from === "" ? Math.max(length - Number(to), 0) : Number(from)
  const end = from === "" || to === "" ? length : Math.min(Number(to) + 1, length)
  return start < end ? { start, end } : "unsatisfiable"
}
