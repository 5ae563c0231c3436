import type { X509Certificate } from "node:crypto"
import { Duplex } from "node:stream"
import { connect, type TLSSocket } from "node:tls"
import { pemBlock } from "../../certificate/read-certificates.js"
import type { Target } from "./target.js"
import { certificatesOnTheWire } from "./certificate-message.js"
import { openTcp } from "./tcp.js"
import { type HandshakeOptions, openTls } from "./tls.js"

/** The certificates that a server sends. */
export interface ServedChain {
  /** The certificates as PEM text. */
  readonly pem: string
  /** True if `pem` has the order of the server; false if OpenSSL sorted the certificates. */
  readonly isAsServed: boolean
}

/**
 * Resolves with the certificates that a server sends, in the order of the server and including
 * unrelated ones; `undefined` if the server sends none.
 *
 * OpenSSL sorts the certificates and drops unrelated ones. The function therefore reads the bytes of
 * the handshake, which TLS 1.2 does not encrypt. From a server with TLS 1.3 only, it resolves with the
 * certificates as OpenSSL gives them.
 */
export async function readServedCertificate(
  target: Target,
  options: HandshakeOptions,
  timeoutMs: number,
): Promise<ServedChain | undefined> {
  const bytes = await firstBytes(target, options, timeoutMs)
  const sent = certificatesOnTheWire(bytes)
  if (sent.length > 0) return { pem: sent.map(pemBlock).join(""), isAsServed: true }
  try {
    const socket = await openTls(target, { ...options, rejectUnauthorized: false }, timeoutMs)
    const all = chainOf(socket)
    socket.destroy()
    return all.length === 0 ? undefined : { pem: all.map(pemBlock).join(""), isAsServed: false }
  } catch {
    return undefined
  }
}

/**
 * Resolves with the bytes that the server sends before a handshake with at most TLS 1.2 succeeds or fails.
 */
async function firstBytes(
  target: Target,
  options: HandshakeOptions,
  timeoutMs: number,
): Promise<Buffer> {
  const chunks: Buffer[] = []
  try {
    const socket = await openTcp(target, timeoutMs)
    // A stream over the TCP connection, so that the bytes of the server can be recorded.
    const wire = new Duplex({
      read: () => void socket.resume(),
      write: (chunk, encoding, done) => void socket.write(chunk, encoding, done),
      final: (done) => void socket.end(done),
      destroy: (error, done) => {
        socket.destroy()
        done(error)
      },
    })
    socket.on("data", (chunk) => {
      chunks.push(chunk)
      wire.push(chunk)
    })
    socket.once("close", () => wire.push(null))
    const { maxVersion: _, ...rest } = options
    await handshakeEnd(
      connect({ ...rest, maxVersion: "TLSv1.2", rejectUnauthorized: false, socket: wire }),
      timeoutMs,
    )
    socket.destroy()
  } catch {
    // The bytes before the failure may contain the certificates.
  }
  return Buffer.concat(chunks)
}

/** Resolves when a handshake succeeds, fails or takes longer than `timeoutMs`. Closes the connection. */
function handshakeEnd(secured: TLSSocket, timeoutMs: number): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer)
      secured.destroy()
      resolve()
    }
    const timer = setTimeout(end, timeoutMs)
    for (const event of ["secureConnect", "error", "close"]) secured.on(event, end)
  })
}

/** Returns the certificates (DER) of the server, each followed by its issuer. A root is its own issuer. */
function chainOf(socket: TLSSocket): Buffer[] {
  const all: Buffer[] = []
  let next: X509Certificate | undefined = socket.getPeerX509Certificate()
  while (next && !all.some((der) => der.equals(next?.raw ?? der))) {
    all.push(next.raw)
    next = next.issuerCertificate
  }
  return all
}
