import type { Logger } from "../ground/logger.js"
import type { WebhookAddress } from "../node-server/webhook-server-options.js"
import { register } from "../registration/registration.js"
import { withRetries } from "../intake/start-retries.js"
import type { WantedWebhook } from "../registration/wanted-webhook.js"
import { CertificateUploader } from "../registration/watch/certificate-uploader.js"
import { DeliveryWatch } from "../registration/watch/delivery-watch.js"
import { resetsBacklog } from "../registration/watch/watch-messages.js"
import { needsRegistration } from "../registration/watch/webhook-differences.js"
import { orderLimitOf } from "../webhook/id-order.js"
import { Webhook } from "../webhook/webhook.js"
import { needsReset, StartGate } from "./backlog-reset.js"
import type { StartPlan } from "./start-plan.js"
import type { WebhookIntakeOptions } from "./webhook-intake-options.js"
import { WrongSecret } from "./wrong-secret.js"

/** What runs after a start. */
export interface StartedWebhook {
  readonly webhook: Webhook
  readonly address: WebhookAddress
  readonly uploader: CertificateUploader
  /** `undefined` where nothing is registered. */
  readonly watch: DeliveryWatch | undefined
  readonly ending: Ending
}

/** Calls a function when it is its turn. */
export type InTurn = <T>(act: () => Promise<T>) => Promise<T>

/** The end of a webhook, for which nobody may wait. */
class Ending {
  readonly promise: Promise<void>
  resolve: () => void = () => {}
  reject: (error: Error) => void = () => {}

  constructor() {
    this.promise = new Promise((resolve, reject) => {
      this.resolve = resolve
      this.reject = reject
    })
    this.promise.catch(() => {})
  }
}

/** What Telegram knew of the webhook before the start, and what the start had to do about it. */
interface Registered {
  /** When the last delivery failed, in seconds. */
  readonly since: number
  readonly isNewest: boolean
}

/** A start whose plan is made. Its phases: listen, confirm the certificate, register, watch. */
export class WebhookStart {
  readonly #options: WebhookIntakeOptions
  readonly #plan: StartPlan
  readonly #logger: Logger
  readonly #gate = new StartGate()
  readonly #ending = new Ending()
  readonly #wrongSecret: WrongSecret
  #isDone = false

  constructor(options: WebhookIntakeOptions, plan: StartPlan, logger: Logger) {
    this.#options = options
    this.#plan = plan
    this.#logger = logger
    this.#wrongSecret = new WrongSecret(plan.wanted !== undefined, logger)
  }

  /** Runs the phases. Where one fails, nothing is left listening. */
  async run(inTurn: InTurn = (act) => act()): Promise<StartedWebhook> {
    const { server, wanted } = this.#plan
    const webhook = await this.#makeWebhook()
    const address = await this.#listen(webhook)
    try {
      this.#options.signal?.throwIfAborted()
      if (wanted) this.#gate.ask()
      const watch = await inTurn(async () => {
        await this.#plan.confirm()
        return wanted && this.#watch(wanted, await this.#register(wanted))
      })
      if (!wanted) this.#sayUnregistered()
      const uploader = new CertificateUploader({
        ...this.#options,
        server,
        wanted,
        logger: this.#logger,
      })
      this.#isDone = true
      return { webhook, address, uploader, watch, ending: this.#ending }
    } catch (error) {
      webhook.stopIntake()
      this.#gate.open()
      await server.release(webhook)
      throw error
    }
  }

  async #makeWebhook(): Promise<Webhook> {
    const { bot, queue, maxBodyBytes, putTimeoutMs, orderWithinMs, logger } = this.#options
    const { urlPath, secretToken, wanted } = this.#plan
    const path = urlPath === "" ? "/" : urlPath
    const limits = { maxBodyBytes, putTimeoutMs, orderWithinMs, logger }
    return new Webhook(
      { botId: bot.id, queue, path, secretToken, ...limits },
      {
        lastId: await lastIdOf(this.#options),
        isStarted: () => this.#isDone,
        onWrongSecret: (caller) => this.#wrongSecret.seen(caller),
        ...(wanted && { opened: this.#gate.opened }),
      },
    )
  }

  /** Opens the server. Obtaining an ACME certificate can take minutes, so an abort closes it. */
  async #listen(webhook: Webhook): Promise<WebhookAddress> {
    const { signal } = this.#options
    const { server } = this.#plan
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

  /** Brings Telegram's webhook in line with ours. */
  async #register(wanted: WantedWebhook): Promise<Registered> {
    const { bot, dropPendingUpdates = false, signal } = this.#options
    const retrying = { retries: this.#plan.retries, signal, logger: this.#logger }
    const info = await withRetries(() => bot.getWebhookInfo({ signal }), retrying)
    const isReset = !dropPendingUpdates && needsReset(info, wanted.current)
    if (isReset) {
      this.#logger.info(resetsBacklog(info.pending_update_count))
      await withRetries(() => bot.deleteWebhook({}, { signal }), retrying)
      await this.#gate.refuse()
    } else this.#gate.open()
    const isNewest =
      isReset || dropPendingUpdates || needsRegistration(wanted.current, info, bot.localMode)
    if (isNewest) {
      const call = () => register(bot, wanted.current, { dropPendingUpdates, signal })
      await withRetries(call, retrying)
    }
    return { since: info.last_error_date ?? 0, isNewest }
  }

  #watch(wanted: WantedWebhook, registered: Registered): DeliveryWatch {
    const { bot, reconcile = "repair" } = this.#options
    const { certificate } = this.#plan
    const logger = this.#logger
    const unauthorized = this.#ending.reject
    const watch = new DeliveryWatch({
      ...{ bot, logger, wanted, reconcile, certificate, unauthorized },
      ...registered,
    })
    this.#wrongSecret.onSeen = () => watch.nudge()
    return watch
  }

  #sayUnregistered(): void {
    const { server } = this.#options
    const text =
      "Nothing is registered at Telegram, as there is no `webhookUrl`. Call setWebhook with the URL and the `secret_token` of the bot (`updater.secretToken`)"
    // Whoever has made a server for many bots knows what is registered.
    if (server) this.#logger.info(text)
    else this.#logger.warn(text)
  }
}

/** The last update that has come before, where updates wait for others. */
async function lastIdOf({ bot, queue, orderWithinMs }: WebhookIntakeOptions) {
  if ((orderWithinMs ?? orderLimitOf(queue)) === 0) return undefined
  // A queue that fails now says so when it is put into.
  return queue.highestId?.(bot.id).catch(() => undefined)
}
