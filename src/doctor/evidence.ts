import type { Bot } from "../bot/index.js"
import type { UserFromGetMe, WebhookInfo } from "../telegram/types.js"
import type { DnsAnswer } from "./probes/dns.js"
import type { HttpOutcome } from "./probes/http-exchange.js"
import type { Backend } from "./probes/backend.js"
import type { IdleOutcome } from "./probes/idle-connection.js"
import type { Target } from "./probes/target.js"
import type { TcpOutcome } from "./probes/tcp.js"
import type { ServedCertificate } from "./probes/served-certificate.js"
import type { TlsOutcome, TlsVersions } from "./probes/tls.js"

/** What an examination was told. */
export interface Given {
  readonly url: string | undefined
  readonly bot: Bot | undefined
  /** Whether the bot is meant to poll. */
  readonly polling: boolean
  /** Whether a Bot API server with `--local` calls: any URL will do. */
  readonly localMode: boolean
  /** What was or will be uploaded, as PEM text. */
  readonly cert: string | undefined
  /** The secret, and whether somebody said so: the other one is derived from the token. */
  readonly secret: { readonly token: string; readonly isGuess: boolean } | undefined
  /** What a public resolver is taken to say, by name in lower case. */
  readonly resolve: Readonly<Record<string, readonly string[]>>
  /** `host:port` to `address:port`: where public names are played. */
  readonly hosts: Readonly<Record<string, string>>
  readonly dnsServers: readonly string[] | undefined
  /** Where the proxy hands requests on to. */
  readonly backend: string | undefined
  readonly authorities: readonly string[] | undefined
  readonly isBotMachine: boolean
  /** How long to listen for other pollers. */
  readonly pollersMs: number
  readonly idleMs: number
  readonly timeoutMs: number
  readonly now: () => Date
}

/** What Telegram says of itself and of the bot. */
export type TelegramSight =
  | { readonly kind: "known"; readonly me: UserFromGetMe }
  | { readonly kind: "refused"; readonly reason: string }
  | { readonly kind: "logged-out"; readonly reason: string }
  | { readonly kind: "unreachable"; readonly reason: string }

/** What is known by now. Checks add to it, and judge by it alone. */
export interface Sight {
  readonly given: Given
  readonly telegram?: TelegramSight
  /** How far Telegram's clock is before this machine's, in milliseconds. */
  readonly telegramAheadMs?: number
  readonly info?: WebhookInfo
  /** The other program that polls; `undefined` before it was asked for. */
  readonly otherPoller?: boolean
  readonly url?: URL
  readonly dns?: DnsAnswer
  readonly target?: Target
  /** The other IPv4 addresses of the name. */
  readonly otherTargets?: readonly Target[]
  readonly tcp?: TcpOutcome
  /** The other addresses that took no connection, as `address:port`. */
  readonly deadTargets?: readonly string[]
  /** Whether the same port is open on this machine's loopback interface. */
  readonly isOpenLocally?: boolean
  readonly tls?: TlsOutcome
  readonly speaksHttp?: boolean
  readonly versions?: TlsVersions
  readonly served?: ServedCertificate
  /** Why TLS that judges like Telegram's said no; `false` where it said yes. */
  readonly distrust?: string | false
  /** What a POST with a wrong secret and without an update was answered. */
  readonly answer?: HttpOutcome
  /** What a HEAD was answered. */
  readonly head?: HttpOutcome
  readonly speaksOnlyHttp2?: boolean
  readonly backend?: Backend
  /** What the same with the right secret was answered. */
  readonly withSecret?: HttpOutcome
  /** What a long POST was answered. */
  readonly long?: HttpOutcome
  /** What a POST of the same kind, and short, was answered; only where the long one is refused. */
  readonly short?: HttpOutcome
  readonly idle?: IdleOutcome
}
