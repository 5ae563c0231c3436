import type { AcmeOptions } from "../acme/acme-options.js"
import type { Bot } from "../bot/index.js"
import type { Logger } from "../ground/logger.js"
import type { WebhookServer } from "../node-server/webhook-server.js"
import type { Reconcile } from "../registration/watch/delivery-watch.js"
import type { UpdateType } from "../telegram/api.js"
import type { WebhookOptions } from "../webhook/webhook.js"
import type { OwnServerOptions } from "./own-server.js"

/** The options of receiving over a webhook. */
export interface WebhookIntakeOptions
  extends
    OwnServerOptions,
    Pick<WebhookOptions, "maxBodyBytes" | "putTimeoutMs" | "orderWithinMs"> {
  /** The bot that receives the updates. */
  readonly bot: Bot
  /** The queue that the updates are put into. */
  readonly queue: WebhookOptions["queue"]
  /**
   * The path of the webhook on the server, with or without its leading slash. Default: the path of
   * `webhookUrl`, otherwise `/`.
   */
  readonly urlPath?: string | undefined
  /**
   * The certificate chain, as PEM text or the path of a file, the server's own certificate first.
   * Without `key` it is the certificate of a proxy that terminates TLS.
   */
  readonly cert?: string | undefined
  /**
   * Whether the certificate is uploaded to Telegram. Set `false` for a certificate that only a proxy or load
   * balancer in front of the server sees: Telegram sees another certificate, and Sounder does not check the
   * certificate of the server. Default: `true` if Telegram would not trust the certificate otherwise, because
   * it is self-signed or leads to an authority of your own.
   */
  readonly uploadCertificate?: boolean | undefined
  /**
   * Requests the certificate for the host of `webhookUrl` from an authority such as Let's Encrypt,
   * and renews it; takes the place of `key` and `cert`. Needs the package `acme-client`.
   */
  readonly acme?: AcmeOptions | undefined
  /**
   * The URL that Telegram calls. Without it nothing is registered, and you call `setWebhook`
   * yourself.
   */
  readonly webhookUrl?: string | undefined
  /**
   * The update types that Telegram sends; an empty list stands for all but the types that have to
   * be requested by name. Default: the types that the handlers of the `Updater` or `Fleet` need;
   * without an `Updater` or `Fleet`, the types of the last registration.
   */
  readonly allowedUpdates?: readonly UpdateType[] | undefined
  /** Drops the updates pending at Telegram. Default: `false`. */
  readonly dropPendingUpdates?: boolean | undefined
  /**
   * The reaction to another program that changes or removes the webhook: `"repair"` registers the
   * webhook again after half a minute, and waits longer with each further change; `"report"` only
   * logs the change. Default: `"repair"`.
   */
  readonly reconcile?: Reconcile | undefined
  /** The IPv4 address that Telegram calls instead of resolving the host of the URL. */
  readonly ipAddress?: string | undefined
  /**
   * The number of simultaneous requests that Telegram may make, 1 to 100. Default: Telegram's 40.
   */
  readonly maxConnections?: number | undefined
  /**
   * The secret that Telegram sends with each request: 1 to 256 of `A-Z a-z 0-9 _ -`. Default:
   * derived from the token, and so the same at every start and on every machine. `false` accepts
   * updates from anyone.
   */
  readonly secretToken?: string | false | undefined
  /**
   * The number of retries of each call during the start when Telegram is unreachable or failing; -1
   * retries for ever. Default: 0.
   */
  readonly bootstrapRetries?: number | undefined
  /**
   * A server that several bots share, in place of the server options here. If the server does not
   * run, the start of a bot starts it, and the last bot that stops closes it.
   */
  readonly server?: WebhookServer | undefined
  /**
   * For machines that share a bot, of which one registers the webhook. True to open the path without a registration
   * until {@link WebhookIntake.takeOver}; false to register until {@link WebhookIntake.standBy}. Default: this process
   * registers, and has neither of the two methods' effects.
   */
  readonly standsBy?: boolean | undefined
  /** The destination of warnings. Default: `console`, without its `info` and `debug`. */
  readonly logger?: Logger | undefined
  /** An abort ends the start; after the start it has no effect. */
  readonly signal?: AbortSignal | undefined
}
