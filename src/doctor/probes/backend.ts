import { once } from "node:events"
import { connect, type NetConnectOpts } from "node:net"
import { secure } from "./tls.js"

/** What is at the address that a proxy hands requests on to. */
export type Backend =
  | { readonly kind: "http"; readonly status: number }
  | { readonly kind: "tls" | "proxy-protocol" | "silent" | "down" }

const question = "HEAD / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
const proxyHeader = "PROXY TCP4 127.0.0.1 127.0.0.1 40000 443\r\n"

/**
 * Asks an address over plain HTTP, with a header of the PROXY protocol where that is not answered, and
 * over TLS.
 *
 * @param address `host:port` or `unix:/path`
 */
export async function probeBackend(address: string, timeoutMs: number): Promise<Backend> {
  const text = await plainAnswer(address, question, timeoutMs)
  if (text === undefined) return { kind: "down" }
  if (text.startsWith("HTTP/")) {
    return isPlainOnTls(text) ? { kind: "tls" } : { kind: "http", status: statusIn(text) }
  }
  const headed = await plainAnswer(address, proxyHeader + question, timeoutMs)
  if (headed?.startsWith("HTTP/") === true) return { kind: "proxy-protocol" }
  return { kind: (await speaksTls(address, timeoutMs)) ? "tls" : "silent" }
}

function statusIn(text: string): number {
  return Number(/^HTTP\/[\d.]+ (\d{3})/.exec(text)?.[1])
}

/** The beginning of the answer; `undefined` where nobody listens. */
async function plainAnswer(
  address: string,
  bytes: string,
  timeoutMs: number,
): Promise<string | undefined> {
  const socket = connect(optionsOf(address))
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
      connect(optionsOf(address)),
      { rejectUnauthorized: false },
      timeoutMs,
    )
    secured.destroy()
    return true
  } catch {
    return false
  }
}

/** Whether an answer is that of a server that got plain HTTP and wants TLS. */
export function isPlainOnTls(text: string): boolean {
  return /plain HTTP request was sent to HTTPS port|HTTP request to an HTTPS server/i.test(text)
}

/** Where an address of a backend is. */
export function optionsOf(address: string): NetConnectOpts {
  if (address.startsWith("unix:")) return { path: address.slice("unix:".length) }
  const [, host, port] = /^(?:https?:\/\/)?\[?(.*?)\]?:(\d{1,5})\/?$/.exec(address) ?? []
  if (host === undefined || port === undefined) {
    throw new TypeError(
      `Expected the \`backend\` option to be like 127.0.0.1:5000 or unix:/run/bot.sock, got ${JSON.stringify(address)}.`,
    )
  }
  return { host, port: Number(port) }
}
