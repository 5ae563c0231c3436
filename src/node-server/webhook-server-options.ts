import { expectDurationMs, expectInteger, expectText } from "../ground/expect-option.js"
import type { CertificateSource } from "../certificate/index.js"
import { type CallerOptions, Callers } from "./client-address/callers.js"
import type { ServerTimeouts } from "./create-server.js"
import type { GivenLimits } from "./connection-limits.js"
import { guardedLogger, type Logger } from "../ground/logger.js"
import { listenTargetOf, type ListenTarget } from "./listen.js"
import { passedSocketOf } from "./passed-socket.js"
import { metricsPage, type MetricsPageOptions } from "./pages/metrics-page.js"
import type { ServerPage } from "./pages/server-page.js"
import { type CertificateOption, certificateSources } from "./tls/certificate-option.js"
import { withLeadingSlash } from "../webhook/url-path.js"

/** What a `WebhookServer` is made of. */
export interface WebhookServerOptions extends CallerOptions {
  /**
   * The address to listen on; `unix:/path` for a unix socket; `systemd`, or `systemd:NAME` where there
   * are several, for the socket of a systemd unit; `fd:3` for one that the process is given. `127.0.0.1`
   * by default.
   */
  readonly listen?: string | undefined
  /** The port to listen on; 0 takes a free one. 80 by default. Not for unix sockets, nor for one that is given. */
  readonly port?: number | undefined
  /** The private key, as PEM text or the path of a file. With it and `cert` the server speaks HTTPS. */
  readonly key?: string | undefined
  /** The certificate and those that certify it, as PEM text or the path of a file. */
  readonly cert?: string | undefined
  /**
   * Further certificates, each for the names in it, as for several bots on several names; or sources
   * of certificates. `key` and `cert`, else the first of these, are for all other names.
   */
  readonly certificates?: readonly CertificateOption[] | undefined
  /** Where `GET` is answered with 200 while the server runs; `false` for nowhere. `/health` by default. */
  readonly healthPath?: string | false | undefined
  /**
   * Where `GET` is answered with 200 while updates would be taken, and with 503 and the reason while
   * the bots are starting or stopping, or their queue is full or failing; `false` for nowhere.
   * `/ready` by default.
   */
  readonly readyPath?: string | false | undefined
  /** Shows metrics, as those of `sounder/metrics`, to whoever has their token. Nowhere by default. */
  readonly metrics?: MetricsPageOptions | undefined
  /**
   * The most connections at a time; silent ones make room for new ones. Default: 500 and 100 for each
   * webhook, 1,000 at least. Never more than the process may open, less an eighth and 64 for the rest.
   */
  readonly maxSockets?: number | undefined
  /**
   * The most connections at a time of one client that has not shown the secret; beyond that its
   * oldest is closed. Default: 100 for each webhook. Connections from this machine and from an address
   * that has shown the secret within an hour do not count, and behind proxies that `trustedProxies`
   * names none does, as they carry the requests of many.
   */
  readonly maxSocketsPerClient?: number | undefined
  /**
   * How long a connection stays open between requests, in milliseconds. 75,000 by default; less than
   * Telegram's 60 s would have it send updates twice.
   */
  readonly keepAliveTimeoutMs?: number | undefined
  /**
   * How long a request may take to arrive, in milliseconds; for the first one of a connection its
   * head counts from the connection's start. 75,000 by default, because Telegram opens connections
   * in advance and leaves them silent for up to 60 s.
   */
  readonly requestTimeoutMs?: number | undefined
  /**
   * Where the server says what it refused, and that a changed certificate cannot be used. Default:
   * `console`.
   */
  readonly logger?: Logger | undefined
}

/** Where a server listens. */
export interface WebhookAddress {
  /** `https` where the server has a key. */
  readonly protocol: "http" | "https"
  /** The address; empty for a unix socket. */
  readonly host: string
  /** The port; 0 for a unix socket. */
  readonly port: number
  /** The path of the unix socket. */
  readonly socketPath?: string
}

/** Options that have been found right, as the parts of a server need them. */
export interface ServerSettings {
  readonly target: ListenTarget
  /** None where it speaks HTTP. */
  readonly sources: readonly CertificateSource[]
  readonly timeouts: ServerTimeouts
  readonly healthPath: string | undefined
  readonly readyPath: string | undefined
  /** The path and the page. */
  readonly metrics: [path: string, page: ServerPage] | undefined
  readonly limits: GivenLimits
  readonly callers: Callers
  /** Whether each connection begins with the PROXY protocol. */
  readonly proxyProtocol: boolean
  readonly logger: Logger
}

/** @throws TypeError for options that cannot be right */
export function expectServerOptions(options: WebhookServerOptions): ServerSettings {
  const { healthPath = "/health", readyPath = "/ready" } = options
  const { keepAliveTimeoutMs = 75_000, requestTimeoutMs = 75_000 } = options
  const target = expectTarget(options)
  const callers = new Callers(options)
  return {
    target,
    sources: certificateSources(options),
    timeouts: {
      keepAliveTimeoutMs: expectDurationMs("keepAliveTimeoutMs", keepAliveTimeoutMs),
      requestTimeoutMs: expectDurationMs("requestTimeoutMs", requestTimeoutMs),
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

function expectLimits(options: WebhookServerOptions, callers: Callers): GivenLimits {
  const { maxSockets, maxSocketsPerClient } = options
  return {
    maxSockets: expectLimit("maxSockets", maxSockets),
    maxSocketsPerClient: expectLimit("maxSocketsPerClient", maxSocketsPerClient),
    isPerClient: callers.areConnectionsOfOne,
  }
}

function expectLimit(option: string, value: number | undefined): number | undefined {
  return value === undefined ? undefined : expectInteger(option, value, 1, Number.MAX_SAFE_INTEGER)
}

function expectTarget({ listen: place = "127.0.0.1", port }: WebhookServerOptions): ListenTarget {
  expectText("listen", place)
  if (place.startsWith("unix:")) {
    if (port !== undefined) throw new TypeError("Expected no `port` option beside a unix socket.")
    expectText("listen", place.slice(5))
  }
  if (passedSocketOf(place) && port !== undefined) {
    throw new TypeError("Expected no `port` option beside a socket that is passed on.")
  }
  return listenTargetOf(place, expectPort(port ?? 80))
}

/** Some hosts give the path of a socket, or the name of a pipe, where others give a port. */
function expectPort(port: unknown): number {
  if (typeof port === "string" && /[/\\]/.test(port)) {
    const listen = JSON.stringify(`unix:${port}`)
    throw new TypeError(
      `Expected the \`port\` option to be a number, got a path. Listen on a socket or a named pipe with \`listen: ${listen}\` and without \`port\`.`,
    )
  }
  return expectInteger("port", port, 0, 65_535)
}
