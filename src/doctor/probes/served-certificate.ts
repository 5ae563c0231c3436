import type { X509Certificate } from "node:crypto"
import { Duplex } from "node:stream"
import { connect, type TLSSocket } from "node:tls"
import { pemBlock } from "../../certificate/read-certificates.js"
import type { Target } from "./target.js"
import { certificatesOnTheWire } from "./certificate-message.js"
import { openTcp } from "./tcp.js"
import { type HandshakeOptions, openTls } from "./tls.js"

/** The certificates that a server shows. */
export interface ServedCertificate {
  /** All of them as PEM text, the server's own first as it came. */
  readonly pem: string
  /** Whether they are as they were sent, and not put in order by OpenSSL. */
  readonly isAsServed: boolean
}

/**
 * The certificates of a server, in the order in which it sends them, with what does not belong to
 * them. OpenSSL tells neither, so the handshake is read on the wire: up to TLS 1.2 it is not
 * encrypted. Of a server that speaks only TLS 1.3 OpenSSL's view has to do.
 */
export async function readServedCertificate(
  target: Target,
  options: HandshakeOptions,
  timeoutMs: number,
): Promise<ServedCertificate | undefined> {
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

/** What the server says up to the end of a TLS 1.2 handshake, or of the attempt. */
async function firstBytes(
  target: Target,
  options: HandshakeOptions,
  timeoutMs: number,
): Promise<Buffer> {
  const chunks: Buffer[] = []
  try {
    const socket = await openTcp(target, timeoutMs)
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
    await ended(
      connect({ ...rest, maxVersion: "TLSv1.2", rejectUnauthorized: false, socket: wire }),
      timeoutMs,
    )
    socket.destroy()
  } catch {
    // What has come by then is looked at.
  }
  return Buffer.concat(chunks)
}

function ended(secured: TLSSocket, timeoutMs: number): Promise<void> {
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

function chainOf(socket: TLSSocket): Buffer[] {
  const all: Buffer[] = []
  let next: X509Certificate | undefined = socket.getPeerX509Certificate()
  while (next && !all.some((one) => one.equals(next?.raw ?? one))) {
    all.push(next.raw)
    next = next.issuerCertificate
  }
  return all
}
