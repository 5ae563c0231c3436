import { EventChannel } from "./event-channel.js"
import { LastingChannel } from "./lasting-channel.js"

/**
 * A reason why a webhook did not answer a request with 200. From `address` to `body`, the
 * request is wrong. From `starting` to `failed`, the bot could not accept the update, and Telegram sends
 * the update again.
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

/** A request that a webhook refused. */
export interface WebhookRefused {
  /** The id of the bot whose webhook was called; `undefined` if no bot has the path. */
  readonly botId: number | undefined
  /** The reason. */
  readonly reason: WebhookRefusalReason
  /** The HTTP status of the response. */
  readonly status: number
}

/** `sounder:webhook:refused`: a webhook did not answer a request with 200. */
export const webhookRefused = new EventChannel<WebhookRefused>("sounder:webhook:refused")

/**
 * A reason why a server closed a connection, in most cases before a request: a failed TLS handshake;
 * plain HTTP on a TLS port or TLS on a plain port; not HTTP; a PROXY protocol header that is
 * missing, unexpected or from an untrusted proxy; too many connections; no file descriptor left.
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

/** A connection that a server closed for one of the {@link ConnectionRefusalReason}s. */
export interface ConnectionRefused {
  /** The reason. */
  readonly reason: ConnectionRefusalReason
  /** The address of the client, as its connection or a trusted proxy gives it. */
  readonly client: string
}

/** `sounder:connection:refused`: a server closed a connection, in most cases before a request. */
export const connectionRefused = new EventChannel<ConnectionRefused>("sounder:connection:refused")

/** A certificate that a server presents from now on. */
export interface CertificateLoaded {
  /** The hosts in the certificate, in their order. */
  readonly hosts: readonly string[]
  /** The expiry of the certificate. */
  readonly notAfter: Date
}

/**
 * `sounder:certificate:loaded`: a certificate is in use, at the start or after a reload or renewal.
 * `certificateLoaded.known` has the messages from before a subscription.
 */
export const certificateLoaded = new LastingChannel<CertificateLoaded>(
  "sounder:certificate:loaded",
  ({ hosts }) => hosts.join(),
)

/** A certificate that could not be loaded or renewed; the previous one stays in use. */
export interface CertificateFailed {
  /** The hosts of the certificate, if they are known. */
  readonly hosts: readonly string[]
  /** The error. */
  readonly error: unknown
}

/** `sounder:certificate:failed`: a reload or a renewal has failed. */
export const certificateFailed = new EventChannel<CertificateFailed>("sounder:certificate:failed")
