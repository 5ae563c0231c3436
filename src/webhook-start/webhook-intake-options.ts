import type { AcmeOptions } from "../acme/acme-options.js"
import type { Bot } from "../bot/index.js"
import type { Logger } from "../ground/logger.js"
import type { WebhookServer } from "../node-server/webhook-server.js"
import type { Reconcile } from "../registration/watch/delivery-watch.js"
import type { UpdateType } from "../telegram/api.js"
import type { WebhookOptions } from "../webhook/webhook.js"
import type { OwnServerOptions } from "./own-server.js"

/** How to receive over a webhook. */
export interface WebhookIntakeOptions
  extends
    OwnServerOptions,
    Pick<WebhookOptions, "maxBodyBytes" | "putTimeoutMs" | "orderWithinMs"> {
  /** The bot whose updates come in. */
  readonly bot: Bot
  /** Where updates are put. */
  readonly queue: WebhookOptions["queue"]
  /** The path to answer at, with or without its slash. The path of `webhookUrl`, or `/`, by default. */
  readonly urlPath?: string | undefined
  /**
   * The certificate, as PEM text or the path of a file, the server's own first. Without `key` it is
   * that of a proxy that terminates TLS.
   */
  readonly cert?: string | undefined
  /**
   * Whether the certificate is uploaded to Telegram. `false` for one that only a proxy or balancer in
   * front sees: Telegram sees another one, and this one is not judged. Default: whether Telegram would
   * not trust it otherwise, because it is self-signed or leads to an authority of your own.
   */
  readonly uploadCertificate?: boolean | undefined
  /**
   * Asks an authority such as Let's Encrypt for the certificate of `webhookUrl`'s host, in place of
   * `key` and `cert`, and renews it. It needs the package `acme-client`.
   */
  readonly acme?: AcmeOptions | undefined
  /** The URL that Telegram is to call. Without it nothing is registered: you call `setWebhook`. */
  readonly webhookUrl?: string | undefined
  /**
   * The kinds of updates that Telegram is to send; an empty list for all but those that have to be
   * asked for. What was set before by default.
   */
  readonly allowedUpdates?: readonly UpdateType[] | undefined
  /** Drops the updates pending at Telegram. Default: `false`. */
  readonly dropPendingUpdates?: boolean | undefined
  /**
   * What is done when another program has changed or removed the webhook: `"repair"` sets it right
   * after half a minute, and ever more rarely if it is changed again; `"report"` only says so.
   * `"repair"` by default.
   */
  readonly reconcile?: Reconcile | undefined
  /** The address that Telegram is to call instead of asking DNS for the URL's host. */
  readonly ipAddress?: string | undefined
  /** How many requests Telegram may make at a time, 1 to 100. Telegram's 40 by default. */
  readonly maxConnections?: number | undefined
  /**
   * What Telegram must send along: 1 to 256 of `A-Z a-z 0-9 _ -`. Derived from the token by default,
   * hence the same at every start and on every machine. `false` accepts updates from anyone.
   */
  readonly secretToken?: string | false | undefined
  /**
   * How often a call of the start is tried again when Telegram cannot be reached or is failing. 0 by
   * default, -1 for ever.
   */
  readonly bootstrapRetries?: number | undefined
  /**
   * A server that several bots share, in place of all options of a server here. It is started where it
   * does not run yet, and closed with the last bot that it was started for.
   */
  readonly server?: WebhookServer | undefined
  /** Where warnings go. `console`, without its `info` and `debug`, by default. */
  readonly logger?: Logger | undefined
  /** An abort ends the start; once it has resolved it does nothing. */
  readonly signal?: AbortSignal | undefined
}
