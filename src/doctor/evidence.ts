import type { Bot } from "../bot/index.js"
import type { UserFromGetMe, WebhookInfo } from "../telegram/types.js"
import type { DnsAnswer } from "./probes/dns.js"
import type { HttpOutcome } from "./probes/http-exchange.js"
import type { Backend } from "./probes/backend.js"
import type { IdleOutcome } from "./probes/idle-connection.js"
import type { Target } from "./probes/target.js"
import type { TcpOutcome } from "./probes/tcp.js"
import type { ServedChain } from "./probes/served-certificate.js"
import type { TlsOutcome, TlsVersions } from "./probes/tls.js"

/** The URL and the options of an examination, with defaults filled in. See `ExamineOptions`. */
export interface ResolvedOptions {
  readonly url: string | undefined
  readonly bot: Bot | undefined
  readonly polling: boolean
  readonly localMode: boolean
  readonly cert: string | undefined
  /** The webhook's secret. `isGuess` is true for a secret that Sounder has derived from the bot's token. */
  readonly secret: { readonly token: string; readonly isGuess: boolean } | undefined
  /** The given addresses of hosts, by their names in lower case. */
  readonly resolve: Readonly<Record<string, readonly string[]>>
  /** The local addresses of simulated hosts, by `host:port` in lower case. */
  readonly hosts: Readonly<Record<string, string>>
  readonly dnsServers: readonly string[] | undefined
  readonly backend: string | undefined
  readonly authorities: readonly string[] | undefined
  readonly isBotMachine: boolean
  readonly pollersMs: number
  readonly idleMs: number
  readonly timeoutMs: number
  readonly now: () => Date
}

/**
 * The result of `getMe`. `refused`: Telegram does not accept the token. `logged-out`: the bot has called
 * `logOut` on this Bot API server.
 */
export type TelegramEvidence =
  | { readonly kind: "known"; readonly me: UserFromGetMe }
  | { readonly kind: "refused"; readonly reason: string }
  | { readonly kind: "logged-out"; readonly reason: string }
  | { readonly kind: "unreachable"; readonly reason: string }

/**
 * The observations of an examination so far. Each check's `look` adds some, and its `judge` reads nothing
 * else. An absent member has not been observed.
 */
export interface Evidence {
  /** The URL and the options of the examination. */
  readonly options: ResolvedOptions
  /** Telegram's answer to `getMe`. */
  readonly telegram?: TelegramEvidence
  /** The time by Telegram's clock minus the time by this machine's clock, in milliseconds. */
  readonly telegramAheadMs?: number
  /** The registration at Telegram. */
  readonly info?: WebhookInfo
  /** True if another program polls. */
  readonly otherPoller?: boolean | undefined
  /** The examined URL. */
  readonly url?: URL
  /** The result of the lookup of the host name. */
  readonly dns?: DnsAnswer
  /** The address that the checks examine. */
  readonly target?: Target
  /** The other IPv4 addresses of the host name. */
  readonly otherTargets?: readonly Target[]
  /** The result of a TCP connection to `target`. */
  readonly tcp?: TcpOutcome
  /** The addresses of `otherTargets` that accept no connection, as `address:port`. */
  readonly deadTargets?: readonly string[]
  /** True if the port is closed at `target` but open on this machine's 127.0.0.1. */
  readonly isOpenLocally?: boolean
  /** The result of a TLS handshake with `target`. */
  readonly tls?: TlsOutcome
  /** True if the server answers plain HTTP on the port of an https: URL. */
  readonly speaksHttp?: boolean
  /** The TLS versions that the server speaks. */
  readonly versions?: TlsVersions
  /** The certificates that the server sends. */
  readonly served?: ServedChain
  /** The reason why a handshake by Telegram's rules failed; false if it succeeded. */
  readonly distrust?: string | false
  /** The answer to a POST with a wrong secret and without an update. */
  readonly answer?: HttpOutcome
  /** The answer to a HEAD. */
  readonly head?: HttpOutcome
  /** True if the server speaks HTTP/2 and refuses HTTP/1.1. */
  readonly speaksOnlyHttp2?: boolean
  /** The server behind the proxy. */
  readonly backend?: Backend
  /** The answer to a POST with the right secret and without an update. */
  readonly withSecret?: HttpOutcome
  /** The answer to a POST with a body of 512 KiB. */
  readonly longBodyAnswer?: HttpOutcome
  /** The answer to a POST with a body of 1 KiB. Observed only if the long body was refused. */
  readonly shortBodyAnswer?: HttpOutcome
  /** The state of an idle connection after the watch. */
  readonly idle?: IdleOutcome
}
