import { guardedLogger, withFields } from "../ground/logger.js"
import type { Intake } from "../intake/intake.js"
import type { WebhookServer } from "../node-server/webhook-server.js"
import type { WebhookAddress } from "../node-server/webhook-server-options.js"
import type { CertificateUploader } from "../registration/watch/certificate-uploader.js"
import type { DeliveryWatch } from "../registration/watch/delivery-watch.js"
import type { Webhook } from "../webhook/webhook.js"
import { planStart } from "./start-plan.js"
import { type InTurn, type StartedWebhook, WebhookStart } from "./webhook-start.js"
import type { WebhookIntakeOptions } from "./webhook-intake-options.js"

/** Receives updates over a webhook on a web server of its own, or on one that bots share. */
export class WebhookIntake implements Intake {
  /** Where the server listens. */
  readonly address: WebhookAddress
  /**
   * Resolves after {@link WebhookIntake.finish}. Rejects with an `Unauthorized` when Telegram no longer
   * knows the token.
   */
  readonly ended: Promise<void>
  readonly #webhook: Webhook
  readonly #server: WebhookServer
  readonly #watch: DeliveryWatch | undefined
  readonly #uploader: CertificateUploader
  readonly #end: () => void
  #finished: Promise<void> | undefined

  private constructor(
    { webhook, address, watch, uploader, ending }: StartedWebhook,
    server: WebhookServer,
  ) {
    this.#webhook = webhook
    this.#server = server
    this.address = address
    this.#watch = watch
    this.#uploader = uploader
    this.ended = ending.promise
    this.#end = ending.resolve
  }

  /**
   * Checks everything that can be known on this machine, listens, asks Telegram for the present
   * webhook, and calls `setWebhook` only if it may differ. Soon after, and now and then later, it
   * looks at what Telegram says of its deliveries and logs it in words. What waits at Telegram is
   * kept unless `dropPendingUpdates` is set.
   *
   * @param inTurn Calls the part that asks Telegram when it is this bot's turn. Default: at once.
   * @throws TypeError for options that cannot be right
   * @throws SounderError `certificate-unreadable`, `certificate-mismatch`, `listen-failed`,
   *   `webhook-refused`, or what the calls to Telegram reject with; nothing is left listening, and
   *   `setWebhook` has not been called for what could be known here
   * @see https://core.telegram.org/bots/api#setwebhook
   */
  static async start(options: WebhookIntakeOptions, inTurn?: InTurn): Promise<WebhookIntake> {
    const { bot, signal } = options
    const logger = withFields(guardedLogger(options.logger), { botId: bot.id })
    signal?.throwIfAborted()
    const plan = await planStart(options, logger)
    const started = await new WebhookStart(options, plan, logger).run(inTurn)
    return new WebhookIntake(started, plan.server)
  }

  /**
   * Answers every further request with 503, so that Telegram keeps its updates. Requests in flight
   * are answered as their updates settle. The webhook stays registered.
   */
  async stopIntake(): Promise<void> {
    this.#webhook.stopIntake()
    this.#watch?.stop()
    await this.#uploader.stop()
  }

  /** Closes the server, or takes the webhook off a server that others still use. */
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
