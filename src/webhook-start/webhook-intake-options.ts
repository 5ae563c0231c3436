import type { AcmeOptions } from "../acme/acme-options.js"
import type { Bot } from "../bot/index.js"
import type { Logger } from "../ground/logger.js"
import type { UpdateQueue } from "../queue/update-queue.js"
import type { UpdateType } from "../telegram/api.js"
import type { CallerOptions } from "../node-server/client-address/callers.js"
import type { Reconcile } from "../registration/watch/delivery-watch.js"
import type { CertificateOption } from "../node-server/tls/certificate-option.js"
import type { MetricsPageOptions } from "../node-server/pages/metrics-page.js"
import type { WebhookServer } from "../node-server/webhook-server.js"

/** How to receive over a webhook. */
export interface WebhookIntakeOptions extends CallerOptions {
  /** The bot whose updates come in. */
  readonly bot: Bot
  /** Where updates are put. */
  readonly queue: Pick<UpdateQueue, "put" | "probe" | "isOnlyWayIn" | "keepsEarly" | "highestId">
  /**
   * The address to listen on; `unix:/path` for a unix socket; `systemd`, or `systemd:NAME` where there
   * are several, for the socket of a systemd unit; `fd:3` for one that the process is given. `127.0.0.1`
   * by default.
   */
  readonly listen?: string | undefined
  /** The port to listen on; 0 takes a free one. 80 by default. */
  readonly port?: number | undefined
  /** The path to answer at, with or without its slash. The path of `webhookUrl`, or `/`, by default. */
  readonly urlPath?: string | undefined
  /** The private key, as PEM text or the path of a file. With it and `cert` the server speaks HTTPS. */
  readonly key?: string | undefined
  /**
   * The certificate, as PEM text or the path of a file, the server's own first. It is uploaded to
   * Telegram if it is self-signed. Without `key` it is only uploaded: a proxy does TLS.
   */
  readonly cert?: string | undefined
  /**
   * Further certificates, each for the names in it, or sources of certificates. `key` and `cert`, else
   * the first of these, are for all other names.
   */
  readonly certificates?: readonly CertificateOption[] | undefined
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
  /** Whether Telegram is to forget what waits there. `false` by default. */
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
  /** Where `GET` is answered with 200; `false` for nowhere. `/health` by default. */
  readonly healthPath?: string | false | undefined
  /**
   * Where `GET` is answered with 200 while updates would be taken, and with 503 and the reason while
   * the bot is starting or stopping, or its queue is full or failing; `false` for nowhere. `/ready` by
   * default.
   */
  readonly readyPath?: string | false | undefined
  /** Shows metrics, as those of `sounder/metrics`, to whoever has their token. Nowhere by default. */
  readonly metrics?: MetricsPageOptions | undefined
  /** The longest body that is read, in bytes. 1,048,576 by default. */
  readonly maxBodyBytes?: number | undefined
  /** How long a request waits for its update to be taken, in milliseconds. 50,000 by default. */
  readonly putTimeoutMs?: number | undefined
  /**
   * How long an update waits for one with a lower id that has not come yet, in milliseconds, so that
   * a press on a button does not overtake a message. 1,000 by default where the queue says that it
   * `isOnlyWayIn`, as `SqliteQueue` does, which stores and acknowledges it meanwhile; else 0. With several receivers leave it at 0: what is
   * missing is with another.
   */
  readonly orderWithinMs?: number | undefined
  /**
   * A server that several bots share, in place of `listen`, `port`, `key`, `certificates`,
   * `healthPath`, `readyPath`, `metrics` and what is said of callers. It is started where it does not run as
   * yet, and closed with the last bot that it was started for.
   */
  readonly server?: WebhookServer | undefined
  /** Where warnings go. `console`, without its `info` and `debug`, by default. */
  readonly logger?: Logger | undefined
  /** An abort ends the start; once it has resolved it does nothing. */
  readonly signal?: AbortSignal | undefined
}
