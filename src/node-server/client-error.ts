import type { Duplex } from "node:stream"

const answers: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: "431 Request Header Fields Too Large",
  HPE_CHUNK_EXTENSIONS_OVERFLOW: "413 Content Too Large",
  ERR_HTTP_REQUEST_TIMEOUT: "408 Request Timeout",
}

/**
 * Answers what is not HTTP, has too long a head or took too long, and closes the connection.
 * One that never said anything is closed without a word, since whoever is at its other end would
 * take the answer for that to its next request.
 */
export function answerClientError(error: NodeJS.ErrnoException, socket: Duplex): void {
  const isSilent = "bytesRead" in socket && socket.bytesRead === 0
  if (!socket.writable || isSilent || isAnswered(socket) || error.code === "ECONNRESET") {
    socket.destroy()
    return
  }
  const status = answers[error.code ?? ""] ?? "400 Bad Request"
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`, () =>
    socket.destroy(),
  )
}

/** A second answer behind one that was sent would be taken for that to another request. */
function isAnswered(socket: Duplex): boolean {
  // Node's own field, by which its own answer is decided, too.
  const { _httpMessage: response } = socket as { _httpMessage?: { headersSent: boolean } | null }
  return response?.headersSent === true
}
