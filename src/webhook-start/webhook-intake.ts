import { type Logger, guardedLogger, withFields } from "../ground/logger.js"
import type { Intake } from "../intake/intake.js"
import { CertificateKeeper } from "../registration/watch/certificate-keeper.js"
import { DeliveryWatch } from "../registration/watch/delivery-watch.js"
import { register, type Registration } from "../registration/registration.js"
import { orderLimitOf } from "../webhook/id-order.js"
import { isHeldBack, Opening } from "./new-beginning.js"
import { planStart, type StartPlan } from "./start-plan.js"
import { beginsAnew } from "../registration/watch/watch-words.js"
import { withRetries } from "../registration/start-retries.js"
import { needsRegistration } from "../registration/watch/webhook-differences.js"
import { Webhook, type WebhookHooks } from "../webhook/webhook.js"
import type { WebhookIntakeOptions } from "./webhook-intake-options.js"
import type { WebhookServer } from "../node-server/webhook-server.js"
import type { WebhookAddress } from "../node-server/webhook-server-options.js"

/** Receives updates over a webhook on a web server of its own, or on one that bots share. */
export class WebhookIntake implements Intake {
  /** Where the server listens. */
  readonly address: WebhookAddress
  /** Resolves after {@link WebhookIntake.finish}. A webhook never ends by itself. */
  readonly ended: Promise<void>
  readonly #webhook: Webhook
  readonly #server: WebhookServer
  readonly #watch: DeliveryWatch | undefined
  readonly #certificate: CertificateKeeper
  #end: () => void = () => {}
  #finished: Promise<void> | undefined

  private constructor(
    webhook: Webhook,
    server: WebhookServer,
    address: WebhookAddress,
    watch: DeliveryWatch | undefined,
    certificate: CertificateKeeper,
  ) {
    this.#webhook = webhook
    this.#server = server
    this.address = address
    this.#watch = watch
    this.#certificate = certificate
    this.ended = new Promise((resolve) => {
      this.#end = resolve
    })
  }

  /**
   * Checks everything that can be known on this machine, listens, asks Telegram for the present
   * webhook, and calls `setWebhook` only if it may differ. Soon after, and now and then later, it
   * looks at what Telegram says of its deliveries and logs it in words. What waits at Telegram is
   * kept unless `dropPendingUpdates` is set.
   *
   * @throws TypeError for options that cannot be right
   * @throws SounderError `certificate-unreadable`, `certificate-mismatch`, `listen-failed`,
   *   `webhook-refused`, or what the calls to Telegram reject with; nothing is left listening, and
   *   `setWebhook` has not been called for what could be known here
   * @see https://core.telegram.org/bots/api#setwebhook
   */
  static async start(options: WebhookIntakeOptions): Promise<WebhookIntake> {
    const { bot, signal } = options
    const logger = withFields(guardedLogger(options.logger), { botId: bot.id })
    signal?.throwIfAborted()
    const plan = await planStart(options, logger)
    const wrongSecret = new WrongSecret(plan.registration !== undefined, logger)
    let isStarted = false
    const opening = new Opening()
    const lastId = await lastIdOf(options)
    const webhook = webhookOf(options, plan, {
      onWrongSecret: (caller) => wrongSecret.seen(caller),
      isStarted: () => isStarted,
      lastId,
      ...(plan.registration && { opened: opening.opened }),
    })
    const address = await openUnlessAborted(plan.server, webhook, signal)
    try {
      signal?.throwIfAborted()
      await plan.confirm()
      const watch =
        plan.registration &&
        (await registerAndWatch(options, plan, plan.registration, opening, logger))
      wrongSecret.watch = watch
      const keeper = new CertificateKeeper({ ...options, ...plan, logger })
      isStarted = true
      return new WebhookIntake(webhook, plan.server, address, watch, keeper)
    } catch (error) {
      opening.begin()
      await plan.server.release(webhook)
      throw error
    }
  }

  /**
   * Answers every further request with 503, so that Telegram keeps its updates. Requests in flight
   * are answered as their updates settle. The webhook stays registered.
   */
  async stopIntake(): Promise<void> {
    this.#webhook.stopIntake()
    this.#watch?.stop()
    await this.#certificate.stop()
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

/** What a request without the right secret means. */
class WrongSecret {
  watch: DeliveryWatch | undefined
  readonly #isRegistered: boolean
  readonly #logger: Logger
  #lastMs = -Infinity

  constructor(isRegistered: boolean, logger: Logger) {
    this.#isRegistered = isRegistered
    this.#logger = logger
  }

  seen(caller: string | undefined): void {
    this.watch?.nudge()
    const now = Date.now()
    if (this.#isRegistered || now - this.#lastMs < 60_000) return
    this.#lastMs = now
    this.#logger.warn(
      `A request to the webhook${from(caller)} had a wrong secret token or none, and was answered with 401. ` +
        "If Telegram sent it, pass the same `secret_token` to setWebhook that the server expects",
    )
  }
}

function from(caller: string | undefined): string {
  return caller === undefined ? "" : ` from ${caller}`
}

/** An authority that is asked for a certificate may take its time. */
async function openUnlessAborted(
  server: WebhookServer,
  webhook: Webhook,
  signal: AbortSignal | undefined,
): Promise<WebhookAddress> {
  const release = () => void server.release(webhook)
  signal?.addEventListener("abort", release)
  try {
    return await server.open(webhook)
  } catch (error) {
    signal?.throwIfAborted()
    throw error
  } finally {
    signal?.removeEventListener("abort", release)
  }
}

/** The last update that has come before, where updates wait for others. */
async function lastIdOf({ bot, queue, orderWithinMs }: WebhookIntakeOptions) {
  if ((orderWithinMs ?? orderLimitOf(queue)) === 0) return undefined
  // A queue that fails now says so when it is put into.
  return queue.highestId?.(bot.id).catch(() => undefined)
}

function webhookOf(
  options: WebhookIntakeOptions,
  { urlPath, secretToken }: StartPlan,
  hooks: WebhookHooks,
): Webhook {
  const { bot, queue, maxBodyBytes, putTimeoutMs, orderWithinMs, logger } = options
  const path = urlPath === "" ? "/" : urlPath
  const limits = { maxBodyBytes, putTimeoutMs, orderWithinMs, logger }
  return new Webhook({ botId: bot.id, queue, path, secretToken, ...limits }, hooks)
}

/** Brings Telegram's webhook in line with ours, and watches it from then on. */
async function registerAndWatch(
  { bot, dropPendingUpdates = false, reconcile = "repair", signal }: WebhookIntakeOptions,
  { retries, certificate }: StartPlan,
  wanted: Registration,
  opening: Opening,
  logger: Logger,
): Promise<DeliveryWatch> {
  const retrying = { retries, signal, logger }
  opening.ask()
  const info = await withRetries(() => bot.getWebhookInfo({ signal }), retrying)
  const isAnew = !dropPendingUpdates && isHeldBack(info, wanted)
  if (isAnew) {
    logger.info(beginsAnew(info.pending_update_count))
    await withRetries(() => bot.deleteWebhook({}, { signal }), retrying)
    await opening.refuse()
  } else opening.begin()
  const isNeeded = isAnew || dropPendingUpdates || needsRegistration(wanted, info, bot.localMode)
  if (isNeeded) {
    await withRetries(() => register(bot, wanted, { dropPendingUpdates, signal }), retrying)
  }
  return new DeliveryWatch({
    bot,
    logger,
    wanted,
    reconcile,
    certificate,
    since: info.last_error_date ?? 0,
    isNewest: isNeeded,
  })
}
