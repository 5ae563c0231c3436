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
