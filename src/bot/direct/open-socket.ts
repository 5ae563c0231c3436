import type { Socket } from "node:net"
import { nodeNet, nodeTls } from "../../ground/node-modules.js"
import { Timer } from "../../ground/timer.js"

/** The time limit of a connection, in milliseconds. */
const connectTimeoutMs = 10_000

/** The address of a server, with the values that its connections share. */
export interface ServerAddress {
  readonly isTls: boolean
  /** The host, an IPv6 address without brackets. */
  readonly hostname: string
  readonly port: number
  /** The last TLS session, which makes the next handshake shorter. */
  session: Buffer | undefined
}

/** Returns the address of the server of an origin. */
export function addressOf(origin: string): ServerAddress {
  const { protocol, hostname, port } = new URL(origin)
  const isTls = protocol === "https:"
  return {
    isTls,
    hostname: hostname.replaceAll(/^\[|\]$/g, ""),
    port: Number(port) || (isTls ? 443 : 80),
    session: undefined,
  }
}

/**
 * Opens a connection, and calls `onOpen` or `onFailure` once.
 *
 * @param addressTimeoutMs the time limit for each address of the host, in milliseconds
 */
export function openSocket(
  address: ServerAddress,
  addressTimeoutMs: number,
  { onOpen, onFailure }: { onOpen: (socket: Socket) => void; onFailure: (error: Error) => void },
): Socket {
  const socket = address.isTls
    ? openTls(address, addressTimeoutMs)
    : open(address, addressTimeoutMs)
  socket.setKeepAlive(true, 60_000).setNoDelay(true)
  const timer = new Timer(() => socket.destroy(connectTimeout(address)), connectTimeoutMs)
  const onEarlyClose = () => {
    timer.stop()
    onFailure(socket.errored ?? new Error("The connection was closed"))
  }
  // The close follows an error and brings it along.
  socket.on("error", () => {})
  socket.once("close", onEarlyClose)
  socket.once(address.isTls ? "secureConnect" : "connect", () => {
    timer.stop()
    socket.off("close", onEarlyClose)
    onOpen(socket)
  })
  return socket
}

function open({ hostname, port }: ServerAddress, addressTimeoutMs: number): Socket {
  // The types of Node lack `highWaterMark`.
  const options = { ...placeOf(hostname, port, addressTimeoutMs), highWaterMark: 64 * 1024 }
  return nodeNet().connect(options)
}

function openTls(address: ServerAddress, addressTimeoutMs: number): Socket {
  const { hostname, port, session } = address
  const socket = nodeTls().connect({
    ...placeOf(hostname, port, addressTimeoutMs),
    // The name of an address is not sent (RFC 6066).
    servername: nodeNet().isIP(hostname) ? "" : hostname,
    ALPNProtocols: ["http/1.1"],
    session,
  })
  return socket.on("session", (latest) => (address.session = latest))
}

function placeOf(host: string, port: number, addressTimeoutMs: number) {
  const timeout = { autoSelectFamilyAttemptTimeout: addressTimeoutMs }
  return { host, port, autoSelectFamily: true, ...timeout }
}

function connectTimeout({ hostname, port }: ServerAddress): Error {
  const text = `No connection to ${hostname}:${port} within ${connectTimeoutMs} ms`
  return Object.assign(new Error(text), { code: "ERR_SOCKET_CONNECTION_TIMEOUT" })
}
