import type { Server } from "node:http"
import { SounderError } from "../../telegram/errors.js"
import { readPem } from "./pem.js"

/** What a server is made with, its limits apart. */
export interface ServerIdentity {
  /** The private key: PEM text or a path. */
  readonly key?: string | undefined
  /** The certificate: PEM text or a path. */
  readonly cert?: string | undefined
}

/** How long things may take, in milliseconds. */
export interface ServerTimeouts {
  readonly keepAliveTimeoutMs: number
  readonly requestTimeoutMs: number
}

/**
 * A server that is not listening yet: HTTPS where there are a key and a certificate, else HTTP.
 *
 * @throws SounderError `certificate-unreadable` or `certificate-mismatch`
 */
export async function createWebServer(
  { key, cert }: ServerIdentity,
  { keepAliveTimeoutMs, requestTimeoutMs }: ServerTimeouts,
): Promise<Server> {
  const limits = {
    keepAliveTimeout: keepAliveTimeoutMs,
    headersTimeout: requestTimeoutMs,
    requestTimeout: requestTimeoutMs,
    connectionsCheckingInterval: Math.max(100, Math.min(5000, requestTimeoutMs / 4)),
    maxHeaderSize: 16_384,
    noDelay: true,
  }
  // Loaded here, because a bot that polls needs neither.
  const [http, https] = await Promise.all([import("node:http"), import("node:https")])
  if (key === undefined || cert === undefined) return http.createServer(limits)
  const pair = { key: await readPem("key", key), cert: await readPem("cert", cert) }
  try {
    return https.createServer({
      ...limits,
      ...pair,
      minVersion: "TLSv1.2",
      handshakeTimeout: 20_000,
    })
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    const message = `The key and the certificate cannot be used together: ${reason}. Create both anew`
    throw new SounderError("certificate-mismatch", message, { cause })
  }
}
