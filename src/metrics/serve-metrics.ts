import { expectOptionsObject, type OptionNames } from "../ground/expect-option.js"
import type { MetricsSource } from "../node-server/pages/metrics-page.js"
import { WebhookServer } from "../node-server/webhook-server.js"
import type { WebhookAddress } from "../node-server/webhook-server-options.js"

/** The options of {@link serveMetrics}. */
export interface ServeMetricsOptions {
  /** The address to listen on, or `unix:/path` for a unix socket. Default: `127.0.0.1`. */
  readonly listen?: string | undefined
  /** The port to listen on; 0 takes a free one. Default: 9464. */
  readonly port?: number | undefined
  /** The path of the metrics. Default: `/metrics`. */
  readonly path?: string | undefined
  /**
   * The token that a reader has to send as `Authorization: Bearer …`. Default: none; anybody who
   * reaches the address can read the metrics.
   */
  readonly token?: string | undefined
}

const optionNames: OptionNames<ServeMetricsOptions> = {
  listen: true,
  port: true,
  path: true,
  token: true,
}

/** A server that shows metrics. */
export interface MetricsServer extends AsyncDisposable {
  /** The address that the server listens on. */
  readonly address: WebhookAddress
  /** Closes the server after the answers to open requests. */
  close(): Promise<void>
}

/**
 * Serves metrics on a port of their own: for bots that poll, for custom servers, and for webhook
 * servers whose port is open to the internet. The server answers `/health`, too.
 *
 * @throws SounderError `listen-failed`, with a remedy
 */
export async function serveMetrics(
  source: MetricsSource,
  options: ServeMetricsOptions = {},
): Promise<MetricsServer> {
  expectOptionsObject(options, "serveMetrics(metrics, { port })", optionNames)
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
