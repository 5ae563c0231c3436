import type { Server } from "node:http"
import type { Socket } from "node:net"
import { maxProxyHeaderBytes, readProxyHeader } from "./proxy-header.js"

/** What is done with a connection that is opened by a proxy. */
export interface ProxyGreeting {
  /** How long a proxy may take to say for whom it has opened a connection, in milliseconds. */
  readonly timeoutMs: number
  /** Whether who has opened the connection may say so at all. */
  readonly mayGreet: (socket: Socket) => boolean
  /** The proxy has said who calls; `undefined` where it calls for itself. */
  readonly onGreeted: (socket: Socket, client: string | undefined) => void
  /** A connection is closed: nothing of the protocol came, or not from a proxy that is trusted. */
  readonly onRefused: (socket: Socket, reason: "proxy-header" | "untrusted-proxy") => void
}

/**
 * Has each connection of a server begin with the PROXY protocol. The server sees it only after that,
 * with its first byte, be it of TLS or of HTTP. Whatever begins otherwise is closed without a word.
 */
export function expectProxyHeader(server: Server, greeting: ProxyGreeting): void {
  // Node's own handling of a connection, for HTTP or for TLS.
  const accept = server.listeners("connection")
  server.removeAllListeners("connection")
  server.on("connection", (socket: Socket) => {
    readGreeting(socket, greeting, () => {
      for (const listener of accept) Reflect.apply(listener, server, [socket])
    })
  })
}

function readGreeting(socket: Socket, greeting: ProxyGreeting, accept: () => void): void {
  let received = Buffer.alloc(0)
  const refuse = () => {
    leave()
    // A check whether the port is open says nothing, and wants nothing.
    if (received.length > 0) greeting.onRefused(socket, "proxy-header")
    socket.destroy()
  }
  const read = () => {
    received = Buffer.concat([received, (socket.read() as Buffer | null) ?? Buffer.alloc(0)])
    const header = readProxyHeader(received)
    if (header.kind === "invalid" || isTooLong(header.kind, received)) return refuse()
    if (header.kind === "incomplete") return
    leave()
    greeting.onGreeted(socket, header.client)
    if (received.length > header.length) socket.unshift(received.subarray(header.length))
    accept()
  }
  const leave = () => {
    clearTimeout(timer)
    socket.off("readable", read).off("end", refuse).off("error", refuse).off("close", leave)
  }
  const timer = setTimeout(refuse, greeting.timeoutMs)
  socket.on("readable", read).on("end", refuse).on("error", refuse).on("close", leave)
  if (greeting.mayGreet(socket)) return
  greeting.onRefused(socket, "untrusted-proxy")
  refuse()
}

function isTooLong(kind: string, received: Buffer): boolean {
  return kind === "incomplete" && received.length > maxProxyHeaderBytes
}
