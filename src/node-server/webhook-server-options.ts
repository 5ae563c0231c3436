import {
  expectInteger,
  expectText,
  type OptionNames,
  expectOptionsObject,
} from "../ground/expect-option.js"
import type { CertificateSource } from "../certificate/index.js"
import { type CallerOptions, Callers } from "./client-address/callers.js"
import type { ServerTimeouts } from "./create-server.js"
import type { ConnectionLimitOptions } from "./connection-limits.js"
import type { Logger } from "../ground/logger.js"
import { guardedLogger } from "../telegram/guarded-logger.js"
import { longestTimerMs } from "../ground/timer.js"
import { listenTargetOf, type ListenTarget } from "./listen.js"
import { passedSocketOf } from "./passed-socket.js"
import { metricsPage, type MetricsPageOptions } from "./pages/metrics-page.js"
import type { ServerPage } from "./pages/server-page.js"
import { type CertificateOption, certificateSources } from "./tls/certificate-option.js"
import { withLeadingSlash } from "../webhook/url-path.js"

/** The options of a `WebhookServer`. */
export interface WebhookServerOptions extends CallerOptions {
  /**
   * The address to listen on; `unix:/path` for a unix socket; `systemd`, or `systemd:NAME` if there
   * are several, for the socket of a systemd unit; `fd:3` for a socket that the process has
   * inherited. Default: `127.0.0.1`.
   */
  readonly listen?: string | undefined
  /**
   * The port to listen on; 0 takes a free one. Not allowed with a unix or inherited socket.
   * Default: 80.
   */
  readonly port?: number | undefined
  /**
   * The private key, as PEM text or the path of a file. With `key` and `cert` the server speaks
   * HTTPS.
   */
  readonly key?: string | undefined
  /** The certificate chain, as PEM text or the path of a file. */
  readonly cert?: string | undefined
  /**
   * Further certificates, each for the names in it, or sources of certificates. All other names get
   * `key` and `cert`, or without these the first certificate of the list.
   */
  readonly certificates?: readonly CertificateOption[] | undefined
  /**
   * The path on which `GET` is answered with 200 while the server runs; `false` for none. Default:
   * `/health`.
   */
  readonly healthPath?: string | false | undefined
  /**
   * The path on which `GET` is answered with 200 while a bot can accept an update, otherwise with
   * 503 and the reason: the bots are starting or stopping, or their queue is full or failing.
   * `false` for none. Default: `/ready`.
   */
  readonly readyPath?: string | false | undefined
  /**
   * A page of metrics, such as those of `sounder/metrics`, for clients that send its token.
   * Default: no page.
   */
  readonly metrics?: MetricsPageOptions | undefined
  /**
   * The maximum number of simultaneous connections. At the maximum, a new connection replaces one
   * that has not shown the secret, otherwise an idle one. Default: 500 plus 100 for each webhook,
   * at least 1,000. An eighth of the process's file descriptors, and 64 more, are always left for other
   * uses.
   */
  readonly maxSockets?: number | undefined
  /**
   * The maximum number of simultaneous connections of one client that has not shown the secret; beyond
   * that the server closes the client's oldest connection. Default: 100 for each webhook. The limit
   * does not apply to connections from this machine, to an address that has shown the secret within
   * an hour, or to proxies that `trustedProxies` names, because a proxy carries the requests of
   * many clients.
   */
  readonly maxSocketsPerClient?: number | undefined
  /**
   * The time in milliseconds for which a connection stays open between requests; it has to exceed the time for
   * which a load balancer in front keeps idle connections (Google's: 600 s). With less than Telegram's 60 s,
   * Telegram would send updates twice. Default: 75,000.
   */
  readonly keepAliveTimeoutMs?: number | undefined
  /**
   * The time in milliseconds within which a request has to arrive; for the head of the first
   * request it counts from the start of the connection. Default: 75,000, because Telegram opens
   * connections in advance and leaves them silent for up to 60 s.
   */
  readonly requestTimeoutMs?: number | undefined
  /**
   * The destination of reports about refused connections and unusable certificates. Default:
   * `console`.
   */
  readonly logger?: Logger | undefined
}

const optionNames: OptionNames<WebhookServerOptions> = {
  listen: true,
  port: true,
  key: true,
  cert: true,
  certificates: true,
  healthPath: true,
  readyPath: true,
  metrics: true,
  maxSockets: true,
  maxSocketsPerClient: true,
  keepAliveTimeoutMs: true,
  requestTimeoutMs: true,
  logger: true,
  trustedProxies: true,
  forwardedHeader: true,
  proxyProtocol: true,
  allowFrom: true,
}

/** The address on which a server listens. */
export interface WebhookAddress {
  /** The protocol: `https` for a server with certificates. */
  readonly protocol: "http" | "https"
  /** The IP address; empty for a unix socket. */
  readonly host: string
  /** The port; 0 for a unix socket. */
  readonly port: number
  /** The path of the unix socket; absent for an IP address. */
  readonly socketPath?: string
}

/** The checked options of a server, with defaults filled in. */
export interface ServerSettings {
  /** The place to listen on. */
  readonly target: ListenTarget
  /** The sources of certificates; empty for plain HTTP. */
  readonly sources: readonly CertificateSource[]
  readonly timeouts: ServerTimeouts
  /** The path of the health page; `undefined` for none. */
  readonly healthPath: string | undefined
  /** The path of the readiness page; `undefined` for none. */
  readonly readyPath: string | undefined
  /** The path and the metrics page; `undefined` for none. */
  readonly metrics: [path: string, page: ServerPage] | undefined
  readonly limits: ConnectionLimitOptions
  readonly callers: Callers
  /** True if each connection has to begin with the PROXY protocol. */
  readonly proxyProtocol: boolean
  readonly logger: Logger
}

/** Checks options and fills in defaults. Throws a `TypeError` for a wrong option. */
export function expectServerOptions(options: WebhookServerOptions): ServerSettings {
  expectOptionsObject(options, "new WebhookServer({ port })", optionNames)
  const { healthPath = "/health", readyPath = "/ready" } = options
  const { keepAliveTimeoutMs = 75_000, requestTimeoutMs = 75_000 } = options
  const target = expectTarget(options)
  const callers = new Callers(options)
  return {
    target,
    sources: certificateSources(options),
    timeouts: {
      keepAliveTimeoutMs: expectInteger(
        "keepAliveTimeoutMs",
        keepAliveTimeoutMs,
        0,
        longestTimerMs,
      ),
      requestTimeoutMs: expectInteger("requestTimeoutMs", requestTimeoutMs, 0, longestTimerMs),
    },
    healthPath: healthPath === false ? undefined : withLeadingSlash(healthPath),
    readyPath: readyPath === false ? undefined : withLeadingSlash(readyPath),
    metrics: options.metrics && metricsPage(options.metrics),
    limits: expectLimits(options, callers),
    callers,
    proxyProtocol: options.proxyProtocol ?? false,
    logger: guardedLogger(options.logger),
  }
}

function expectLimits(options: WebhookServerOptions, callers: Callers): ConnectionLimitOptions {
  const { maxSockets, maxSocketsPerClient } = options
  return {
    maxSockets: expectLimit("maxSockets", maxSockets),
    maxSocketsPerClient: expectLimit("maxSocketsPerClient", maxSocketsPerClient),
    isPerClient: callers.isClientPerConnection,
  }
}

function expectLimit(option: string, value: number | undefined): number | undefined {
  return value === undefined ? undefined : expectInteger(option, value, 1, Number.MAX_SAFE_INTEGER)
}

function expectTarget({ listen: place = "127.0.0.1", port }: WebhookServerOptions): ListenTarget {
  expectText("listen", place)
  if (place.startsWith("unix:")) {
    if (port !== undefined) throw new TypeError("Expected no `port` option with a unix socket.")
    expectText("listen", place.slice(5))
  }
  if (passedSocketOf(place) && port !== undefined) {
    throw new TypeError("Expected no `port` option with an inherited socket.")
  }
  return listenTargetOf(place, expectPort(port ?? 80))
}

/** Checks a port. Some hosting providers give the path of a socket or pipe in place of a port. */
function expectPort(port: unknown): number {
  if (typeof port === "string" && /[/\\]/.test(port)) {
    const listen = JSON.stringify(`unix:${port}`)
    throw new TypeError(
      `Expected the \`port\` option to be a number, got a path. Listen on the socket or named pipe with \`listen: ${listen}\` and without \`port\`.`,
    )
  }
  return expectInteger("port", port, 0, 65_535)
}
