import { ownValue } from "../ground/own-value.js"
import type { Duplex } from "node:stream"

/** The HTTP status by Node's error code. Any other code gets 400. */
const statuses: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: "431 Request Header Fields Too Large",
  HPE_CHUNK_EXTENSIONS_OVERFLOW: "413 Content Too Large",
  ERR_HTTP_REQUEST_TIMEOUT: "408 Request Timeout",
}

/**
 * Answers a request that is not valid HTTP, has too long headers or took too long, and closes the
 * connection. A connection without any request is closed without an answer, which the client would take
 * for the answer to its next request.
 */
export function answerClientError(error: NodeJS.ErrnoException, socket: Duplex): void {
  const isSilent = "bytesRead" in socket && socket.bytesRead === 0
  if (!socket.writable || isSilent || isAnswered(socket) || error.code === "ECONNRESET") {
    socket.destroy()
    return
  }
  const status = ownValue(statuses, error.code ?? "") ?? "400 Bad Request"
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`, () =>
    socket.destroy(),
  )
}

/** Returns true if an answer was sent. The client would take a second one for the answer to another request. */
function isAnswered(socket: Duplex): boolean {
  // A private field of Node, which Node's own handler of such errors reads, too.
  const { _httpMessage: response } = socket as { _httpMessage?: { headersSent: boolean } | null }
  return response?.headersSent === true
}
