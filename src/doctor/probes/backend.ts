import { once } from "node:events"
import { connect, type NetConnectOpts } from "node:net"
import { headRequest } from "./plain-http.js"
import { secure } from "./tls.js"

/**
 * The kind of server at the address to which a proxy forwards: plain HTTP, TLS, HTTP after a header of
 * the PROXY protocol, a server that speaks no known protocol (`silent`), or no server (`down`).
 */
export type Backend =
  | { readonly kind: "http"; readonly status: number }
  | { readonly kind: "tls" | "proxy-protocol" | "silent" | "down" }

/** A header of the PROXY protocol, version 1. */
const proxyHeader = "PROXY TCP4 127.0.0.1 127.0.0.1 40000 443\r\n"

/**
 * Finds out which protocol the server at an address speaks. Tries plain HTTP first, then HTTP after a
 * header of the PROXY protocol, then TLS.
 *
 * @param address `host:port` or `unix:/path`
 */
export async function probeBackend(address: string, timeoutMs: number): Promise<Backend> {
  const text = await plainAnswer(address, headRequest, timeoutMs)
  if (text === undefined) return { kind: "down" }
  if (text.startsWith("HTTP/")) {
    return isPlainOnTls(text) ? { kind: "tls" } : { kind: "http", status: statusIn(text) }
  }
  const answerAfterHeader = await plainAnswer(address, proxyHeader + headRequest, timeoutMs)
  if (answerAfterHeader?.startsWith("HTTP/") === true) return { kind: "proxy-protocol" }
  return { kind: (await speaksTls(address, timeoutMs)) ? "tls" : "silent" }
}

function statusIn(text: string): number {
  return Number(/^HTTP\/[\d.]+ (\d{3})/.exec(text)?.[1])
}

/**
 * Sends bytes on a plain TCP connection, and resolves with the first bytes of the answer as text: empty if
 * the server sends none, `undefined` if no server listens.
 */
async function plainAnswer(
  address: string,
  bytes: string,
  timeoutMs: number,
): Promise<string | undefined> {
  const socket = connect(backendAddress(address))
  const signal = AbortSignal.timeout(timeoutMs)
  try {
    await once(socket, "connect", { signal })
  } catch {
    socket.destroy()
    return undefined
  }
  try {
    socket.write(bytes)
    const text = await Promise.race([
      once(socket, "data", { signal }),
      once(socket, "end", { signal }),
    ])
    return String(text[0] ?? "")
  } catch {
    return ""
  } finally {
    socket.destroy()
  }
}

async function speaksTls(address: string, timeoutMs: number): Promise<boolean> {
  try {
    const secured = await secure(
      connect(backendAddress(address)),
      { rejectUnauthorized: false },
      timeoutMs,
    )
    secured.destroy()
    return true
  } catch {
    return false
  }
}

/** Returns true for the answer with which a TLS server refuses a plain HTTP request. */
export function isPlainOnTls(text: string): boolean {
  return /plain HTTP request was sent to HTTPS port|HTTP request to an HTTPS server/i.test(text)
}

/** Returns the options that connect to a `backend` address. Throws a `TypeError` for a wrong one. */
export function backendAddress(address: string): NetConnectOpts {
  if (address.startsWith("unix:")) return { path: address.slice("unix:".length) }
  const [, host, port] = /^(?:https?:\/\/)?\[?(.*?)\]?:(\d{1,5})\/?$/.exec(address) ?? []
  if (host === undefined || port === undefined) {
    throw new TypeError(
      `Expected the \`backend\` option to be like 127.0.0.1:5000 or unix:/run/bot.sock, got ${JSON.stringify(address)}.`,
    )
  }
  return { host, port: Number(port) }
}
