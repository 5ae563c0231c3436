import { type OptionNames, expectOptionsObject } from "../ground/expect-option.js"
import { withFields } from "../ground/logger.js"
import { guardedLogger } from "../telegram/guarded-logger.js"
import type { Intake } from "../intake/intake.js"
import type { WebhookServer } from "../node-server/webhook-server.js"
import type { WebhookAddress } from "../node-server/webhook-server-options.js"
import type { CertificateUploader } from "../registration/watch/certificate-uploader.js"
import type { DeliveryWatch } from "../registration/watch/delivery-watch.js"
import type { Webhook } from "../webhook/webhook.js"
import { planStart } from "./start-plan.js"
import { type StartedWebhook, WebhookStart } from "./webhook-start.js"
import type { WebhookIntakeOptions } from "./webhook-intake-options.js"

/** The names of the options of {@link WebhookIntake.start}. */
export const webhookIntakeNames: OptionNames<WebhookIntakeOptions> = {
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
  maxBodyBytes: true,
  putTimeoutMs: true,
  orderWithinMs: true,
  bot: true,
  queue: true,
  urlPath: true,
  uploadCertificate: true,
  acme: true,
  webhookUrl: true,
  allowedUpdates: true,
  dropPendingUpdates: true,
  reconcile: true,
  ipAddress: true,
  maxConnections: true,
  secretToken: true,
  bootstrapRetries: true,
  server: true,
  standsBy: true,
  signal: true,
}

/** A running webhook on its own web server, or on a server that bots share. */
export class WebhookIntake implements Intake {
  /** The address of the server. */
  readonly address: WebhookAddress
  /**
   * Resolves after {@link WebhookIntake.finish}. Rejects with an `Unauthorized` when Telegram no longer
   * accepts the token.
   */
  readonly ended: Promise<void>
  readonly #webhook: Webhook
  readonly #server: WebhookServer
  readonly #takeOver: StartedWebhook["takeOver"]
  readonly #hooks: StartedWebhook["hooks"]
  #watch: DeliveryWatch | undefined
  #uploader: CertificateUploader | undefined
  #isStopped = false
  readonly #end: () => void
  #finished: Promise<void> | undefined

  private constructor(
    { webhook, address, watch, uploader, takeOver, hooks, ending }: StartedWebhook,
    server: WebhookServer,
  ) {
    this.#webhook = webhook
    this.#server = server
    this.address = address
    this.#watch = watch
    this.#uploader = uploader
    this.#takeOver = takeOver
    this.#hooks = hooks
    this.ended = ending.promise
    this.#end = ending.resolve
  }

  /**
   * Starts a webhook: checks all options and the certificate, starts the server, reads the registration
   * at Telegram, and calls `setWebhook` if the registration may differ. A watch then checks Telegram's
   * deliveries, first after one second and later every five minutes. Pending updates are kept unless
   * `dropPendingUpdates` is true.
   *
   * Rejects with a `TypeError` for a wrong option, with `certificate-unreadable`, `certificate-mismatch`,
   * `listen-failed` or `webhook-refused`, and with the error of a failed call to Telegram. The server is
   * then closed. Errors of options and certificate come before any call to Telegram.
   *
   * @see https://core.telegram.org/bots/api#setwebhook
   */
  static async start(options: WebhookIntakeOptions): Promise<WebhookIntake> {
    expectOptionsObject(options, "WebhookIntake.start({ bot, queue })", webhookIntakeNames)
    const { bot, signal } = options
    const logger = withFields(guardedLogger(options.logger), { botId: bot.id })
    signal?.throwIfAborted()
    const plan = await planStart(options, logger)
    const started = await new WebhookStart(options, plan, logger).run()
    return new WebhookIntake(started, plan.server)
  }

  /**
   * Registers the webhook that another machine has registered so far, and watches it. Does nothing if this process
   * does so already, or without the option `standsBy`. Rejects with the error of a failed call to Telegram.
   */
  async takeOver(): Promise<void> {
    if (!this.#takeOver || this.#watch || this.#isStopped) return
    const { watch, uploader } = await this.#takeOver()
    this.#watch = watch
    this.#uploader = uploader
    if (this.#isStopped) await this.#stopRegistrar()
  }

  /** Leaves the registration to another machine. The path stays open. */
  async standBy(): Promise<void> {
    if (this.#takeOver) await this.#stopRegistrar()
  }

  /**
   * Answers every further request with 503, so that Telegram keeps its update. Earlier requests are
   * answered when their puts settle. The webhook stays registered.
   */
  async stopIntake(): Promise<void> {
    this.#isStopped = true
    this.#webhook.stopIntake()
    await this.#stopRegistrar()
  }

  async #stopRegistrar(): Promise<void> {
    const uploader = this.#uploader
    this.#watch?.stop()
    this.#watch = undefined
    this.#uploader = undefined
    this.#hooks.started(undefined)
    await uploader?.stop()
  }

  /** Closes the server, or removes the webhook from a server that other bots still use. */
  finish(): Promise<void> {
    this.#finished ??= this.#finish()
    return this.#finished
  }

  async #finish(): Promise<void> {
    await this.stopIntake()
    this.#webhook.flush()
    await this.#server.release(this.#webhook)
    this.#end()
  }
}
