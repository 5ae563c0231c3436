import { errorClause, errorCode } from "../../ground/error-text.js"
import { getCurves } from "node:crypto"
import { type Socket } from "node:net"
import { connect, type ConnectionOptions, type TLSSocket } from "node:tls"
import type { Target } from "./target.js"
import { openTcp, timeoutError } from "./tcp.js"

/** The result of a TLS handshake. */
export type TlsOutcome =
  | { readonly kind: "secure"; readonly protocol: string; readonly alpn: string | undefined }
  | { readonly kind: "failed"; readonly code: string; readonly reason: string }

/** The versions of TLS: true for each that a server speaks. */
export type TlsVersions = Readonly<Record<TlsVersion, boolean>>

/** A version of TLS. */
export type TlsVersion = "TLSv1" | "TLSv1.1" | "TLSv1.2" | "TLSv1.3"

/** The options of a TLS handshake. */
export interface HandshakeOptions extends ConnectionOptions {
  /** The server name (SNI); `undefined` for an IP address. */
  readonly servername?: string | undefined
}

/** The curves that common clients support, and rare curves that a server's key may use. */
const curves = [
  ...["prime256v1", "secp384r1", "secp521r1", "secp256k1", "secp224r1", "prime192v1"],
  ...["brainpoolP256r1", "brainpoolP384r1", "brainpoolP512r1"],
]

/** The ciphers and keys of OpenSSL without a minimum strength. */
const lowestSecurity = "DEFAULT:@SECLEVEL=0"

/** Returns the options of a client that accepts keys of every type, also types that Telegram refuses. */
export function anyKeyOptions(): ConnectionOptions {
  const supportedCurves = getCurves()
  const ecdhCurve = ["X25519", ...curves.filter((curve) => supportedCurves.includes(curve))].join(
    ":",
  )
  return { ciphers: lowestSecurity, ecdhCurve }
}

/** Performs a TLS handshake with any certificate, and resolves with the result. Never rejects. */
export async function probeTls(
  target: Target,
  options: HandshakeOptions,
  timeoutMs: number,
): Promise<TlsOutcome> {
  try {
    const socket = await openTls(target, { rejectUnauthorized: false, ...options }, timeoutMs)
    const { alpnProtocol } = socket
    const protocol = socket.getProtocol() ?? "unknown"
    socket.destroy()
    return {
      kind: "secure",
      protocol,
      alpn: alpnProtocol === false ? undefined : (alpnProtocol ?? undefined),
    }
  } catch (error) {
    return { kind: "failed", ...codeAndReason(error) }
  }
}

/** Finds out the TLS versions of a server, with one handshake per version. Never rejects. */
export async function probeTlsVersions(
  target: Target,
  options: HandshakeOptions,
  timeoutMs: number,
): Promise<TlsVersions> {
  const speaks = async (version: TlsVersion, more: ConnectionOptions = {}): Promise<boolean> => {
    const versionOptions = { ...options, ...more, minVersion: version, maxVersion: version }
    return (await probeTls(target, versionOptions, timeoutMs)).kind === "secure"
  }
  // OpenSSL offers the old versions only at the lowest level of security.
  const old = { ciphers: lowestSecurity }
  return {
    TLSv1: await speaks("TLSv1", old),
    "TLSv1.1": await speaks("TLSv1.1", old),
    "TLSv1.2": await speaks("TLSv1.2"),
    "TLSv1.3": await speaks("TLSv1.3"),
  }
}

/**
 * Opens a TLS connection. Rejects with the error of the system or of OpenSSL, or after `timeoutMs` with
 * an error of the code `ETIMEDOUT`.
 */
export async function openTls(
  target: Target,
  options: HandshakeOptions,
  timeoutMs: number,
): Promise<TLSSocket> {
  return secure(await openTcp(target, timeoutMs), options, timeoutMs)
}

/** Performs a TLS handshake on a TCP connection. A failed handshake closes the connection and rejects. */
export function secure(
  socket: Socket,
  options: HandshakeOptions,
  timeoutMs: number,
): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const secured = connect({ minVersion: "TLSv1.2", ...options, socket })
    const timer = setTimeout(() => secured.destroy(timeoutError()), timeoutMs)
    const fail = (error: Error) => {
      clearTimeout(timer)
      socket.destroy()
      reject(error)
    }
    secured.on("error", fail)
    secured.once("close", () => fail(new Error("The connection was closed")))
    secured.once("secureConnect", () => {
      clearTimeout(timer)
      resolve(secured)
    })
  })
}

function codeAndReason(error: unknown): { code: string; reason: string } {
  const text = errorClause(error)
  // OpenSSL's errors look like "error:0A000126:SSL routines:function:reason".
  const [, reason = text] = /:SSL routines:[^:]*:([^:\n]+)/.exec(text) ?? []
  return { code: errorCode(error), reason }
}
