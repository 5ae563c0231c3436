import { EventChannel } from "./event-channel.js"
import { LastingChannel } from "./lasting-channel.js"

/**
 * Why a request to the webhook was not answered with 200. The first ones are mistakes of the request;
 * with the last ones Telegram sends its update again.
 */
export type WebhookRefusalReason =
  | "address"
  | "path"
  | "method"
  | "secret"
  | "content-type"
  | "length"
  | "cut"
  | "body"
  | "starting"
  | "stopping"
  | "handed-back"
  | "full"
  | "slow"
  | "failed"

/** A request was refused. */
export interface WebhookRefused {
  /** The bot whose webhook it reached; `undefined` where it reached none. */
  readonly botId: number | undefined
  /** Why. */
  readonly reason: WebhookRefusalReason
  /** The HTTP status it was answered with. */
  readonly status: number
}

/** `sounder:webhook:refused`: a request to the webhook was not answered with 200. */
export const webhookRefused = new EventChannel<WebhookRefused>("sounder:webhook:refused")

/**
 * Why a connection was closed before a request could be read: its TLS handshake failed, it spoke
 * plain HTTP to TLS or TLS to plain HTTP, it was no HTTP, the PROXY protocol was missing, there
 * unasked or from an untrusted proxy, there were too many connections, or no descriptor was left.
 */
export type ConnectionRefusalReason =
  | "tls"
  | "plain-http"
  | "tls-on-http"
  | "not-http"
  | "proxy-header"
  | "unexpected-proxy-header"
  | "untrusted-proxy"
  | "crowded"
  | "descriptors"

/** A connection was closed before a request could be read. */
export interface ConnectionRefused {
  /** Why. */
  readonly reason: ConnectionRefusalReason
  /** The address that opened it, or for which a proxy has. */
  readonly client: string
}

/** `sounder:connection:refused`: a connection was closed before a request could be read. */
export const connectionRefused = new EventChannel<ConnectionRefused>("sounder:connection:refused")

/** A server has a certificate that it shows from now on. */
export interface CertificateLoaded {
  /** The hosts it names, the first first. */
  readonly hosts: readonly string[]
  /** When it ends. */
  readonly notAfter: Date
}

/**
 * `sounder:certificate:loaded`: a certificate is in use, at the start or after a reload or renewal.
 * Those that were told of before anyone listened are in `certificateLoaded.known`.
 */
export const certificateLoaded = new LastingChannel<CertificateLoaded>(
  "sounder:certificate:loaded",
  ({ hosts }) => hosts.join(),
)

/** A certificate could not be loaded or renewed; what was there before is still used. */
export interface CertificateFailed {
  /** The hosts it was to be for, where that is known. */
  readonly hosts: readonly string[]
  /** Why. */
  readonly error: unknown
}

/** `sounder:certificate:failed`: a reload or a renewal has failed. */
export const certificateFailed = new EventChannel<CertificateFailed>("sounder:certificate:failed")
