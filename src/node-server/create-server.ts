import type { Server } from "node:http"
import type { ServedCertificates } from "./tls/served-certificates.js"
import { keepHiddenClass } from "./keep-hidden-class.js"

/** How long things may take, in milliseconds. */
export interface ServerTimeouts {
  readonly keepAliveTimeoutMs: number
  readonly requestTimeoutMs: number
}

/**
 * Returns a server that does not listen yet: HTTPS with certificates, otherwise HTTP.
 *
 * @throws SounderError `certificate-unreadable` or `certificate-mismatch`
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
  // Loaded here, because a bot that polls needs neither.
  const [http, https] = await Promise.all([import("node:http"), import("node:https")])
  const server = certificates
    ? https.createServer({ ...limits, ...(await certificates.options()), handshakeTimeout: 20_000 })
    : http.createServer(limits)
  // All that fit into the head: a length behind Node's usual 1,000 would not be seen.
  server.maxHeadersCount = 0
  return server
}
