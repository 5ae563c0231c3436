import type { Server } from "node:http"
import type { Socket } from "node:net"
import { maxProxyHeaderBytes, readProxyHeader } from "./proxy-header.js"

/** The options of {@link expectProxyHeader}. */
export interface ProxyHeaderOptions {
  /** The longest time for a header to arrive, in milliseconds. */
  readonly timeoutMs: number
  /** Returns true if the peer of a connection is a trusted proxy, which may send a header. */
  readonly isTrusted: (socket: Socket) => boolean
  /** Called after a header, with the client's address; `undefined` if the header contains none. */
  readonly onHeader: (socket: Socket, client: string | undefined) => void
  /** Called before a connection without a valid header, or of an untrusted peer, is closed. */
  readonly onRefused: (socket: Socket, reason: "proxy-header" | "untrusted-proxy") => void
}

/**
 * Requires the PROXY protocol on each connection of a server. The header is removed before the server's
 * own TLS or HTTP reads the connection. A connection without a valid header is closed without an answer.
 */
export function expectProxyHeader(server: Server, options: ProxyHeaderOptions): void {
  // Node's own listeners, which read HTTP or TLS from the connection.
  const accept = server.listeners("connection")
  server.removeAllListeners("connection")
  server.on("connection", (socket: Socket) => {
    readHeader(socket, options, () => {
      for (const listener of accept) Reflect.apply(listener, server, [socket])
    })
  })
}

function readHeader(socket: Socket, options: ProxyHeaderOptions, accept: () => void): void {
  let received = Buffer.alloc(0)
  const refuse = () => {
    stopReading()
    // A connection without any byte is a check of the port, and not worth a report.
    if (received.length > 0) options.onRefused(socket, "proxy-header")
    socket.destroy()
  }
  const read = () => {
    received = Buffer.concat([received, (socket.read() as Buffer | null) ?? Buffer.alloc(0)])
    const header = readProxyHeader(received)
    if (header.kind === "invalid" || isTooLong(header.kind, received)) return refuse()
    if (header.kind === "incomplete") return
    stopReading()
    options.onHeader(socket, header.client)
    if (received.length > header.length) socket.unshift(received.subarray(header.length))
    accept()
  }
  const stopReading = () => {
    clearTimeout(timer)
    socket.off("readable", read).off("end", refuse).off("error", refuse).off("close", stopReading)
  }
  const timer = setTimeout(refuse, options.timeoutMs)
  socket.on("readable", read).on("end", refuse).on("error", refuse).on("close", stopReading)
  if (options.isTrusted(socket)) return
  options.onRefused(socket, "untrusted-proxy")
  refuse()
}

function isTooLong(kind: string, received: Buffer): boolean {
  return kind === "incomplete" && received.length > maxProxyHeaderBytes
}
