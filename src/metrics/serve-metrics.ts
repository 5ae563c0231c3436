import type { MetricsSource } from "../node-server/pages/metrics-page.js"
import { WebhookServer } from "../node-server/webhook-server.js"
import type { WebhookAddress } from "../node-server/webhook-server-options.js"

/** Where metrics are served. */
export interface ServeMetricsOptions {
  /** The address to listen on, or `unix:/path` for a unix socket. `127.0.0.1` by default. */
  readonly listen?: string | undefined
  /** The port to listen on; 0 takes a free one. 9464 by default. */
  readonly port?: number | undefined
  /** Where they are shown. `/metrics` by default. */
  readonly path?: string | undefined
  /**
   * What a reader has to send as `Authorization: Bearer …`. Without it whoever reaches the address
   * can read them.
   */
  readonly token?: string | undefined
}

/** A server that shows metrics. */
export interface MetricsServer extends AsyncDisposable {
  /** Where it listens. */
  readonly address: WebhookAddress
  /** Closes it, when what it was asked for is answered. */
  close(): Promise<void>
}

/**
 * Shows metrics on a port of their own: for bots that poll, for custom servers, and for webhook
 * servers whose port is open to the internet. `/health` is there too.
 *
 * @throws SounderError `listen-failed`, with what to do
 */
export async function serveMetrics(
  source: MetricsSource,
  options: ServeMetricsOptions = {},
): Promise<MetricsServer> {
  const { listen, path, token = false } = options
  const isSocket = listen?.startsWith("unix:") === true
  const port = options.port ?? (isSocket ? undefined : 9464)
  const server = new WebhookServer({
    listen,
    port,
    readyPath: false,
    metrics: { source, path, token },
  })
  const address = await server.start()
  const close = () => server.close()
  return { address, close, [Symbol.asyncDispose]: close }
}
