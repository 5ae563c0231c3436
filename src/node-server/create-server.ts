import type { Server } from "node:http"
import type { ServedCertificates } from "./tls/served-certificates.js"
import { keepHiddenClass } from "./keep-hidden-class.js"

/** The time-outs of a server, in milliseconds; see `WebhookServerOptions`. */
export interface ServerTimeouts {
  readonly keepAliveTimeoutMs: number
  readonly requestTimeoutMs: number
}

/**
 * Creates a server that does not listen yet: HTTPS if there are certificates, otherwise HTTP. Rejects
 * with `certificate-unreadable` or `certificate-mismatch`.
 */
export async function createWebServer(
  certificates: ServedCertificates | undefined,
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
  keepHiddenClass()
  // Loaded on demand, because a polling bot needs neither.
  const [http, https] = await Promise.all([import("node:http"), import("node:https")])
  const server = certificates
    ? https.createServer({ ...limits, ...(await certificates.options()), handshakeTimeout: 20_000 })
    : http.createServer(limits)
  // No limit: with Node's default of 1,000, a `Content-Length` after that many headers would be ignored.
  server.maxHeadersCount = 0
  return server
}
