import { once } from "node:events"
import { connect, type NetConnectOpts } from "node:net"
import { secure } from "./tls.js"

/** What is at the address that a proxy hands requests on to. */
export type Backend = "http" | "tls" | "silent" | "down"

const question = "HEAD / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"

/**
 * Asks an address over plain HTTP, and over TLS where that is not understood.
 *
 * @param address `host:port` or `unix:/path`
 */
export async function probeBackend(address: string, timeoutMs: number): Promise<Backend> {
  const text = await plainAnswer(address, timeoutMs)
  if (text === undefined) return "down"
  if (text.startsWith("HTTP/")) return isPlainOnTls(text) ? "tls" : "http"
  return (await speaksTls(address, timeoutMs)) ? "tls" : "silent"
}

/** The beginning of the answer; `undefined` where nobody listens. */
async function plainAnswer(address: string, timeoutMs: number): Promise<string | undefined> {
  const socket = connect(optionsOf(address))
  const signal = AbortSignal.timeout(timeoutMs)
  try {
    await once(socket, "connect", { signal })
  } catch {
    socket.destroy()
    return undefined
  }
  try {
    socket.write(question)
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
