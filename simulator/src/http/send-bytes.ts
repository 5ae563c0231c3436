import type { IncomingMessage, ServerResponse } from "node:http"

/** Sends a file, or the part that a `Range` header requests; for HEAD only the headers. */
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
  /** The position behind the last byte. */
  readonly end: number
}

// A request for several ranges may be answered with the whole file.
function rangeOf(header: string | undefined, length: number): Range | "unsatisfiable" | undefined {
  const [, from = "", to = ""] = /^bytes=(\d*)-(\d*)$/.exec(header ?? "") ?? []
  if (from === "" && to === "") return undefined
  const start = from === "" ? Math.max(length - Number(to), 0) : Number(from)
  const end = from === "" || to === "" ? length : Math.min(Number(to) + 1, length)
  return start < end ? { start, end } : "unsatisfiable"
}
