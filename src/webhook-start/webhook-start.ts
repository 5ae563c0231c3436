import { offAbort, onAbort } from "../ground/abort-listeners.js"
import type { Logger } from "../ground/logger.js"
import type { WebhookAddress } from "../node-server/webhook-server-options.js"
import { register } from "../registration/registration.js"
import { withRetries } from "../intake/start-retries.js"
import type { WantedWebhook } from "../registration/wanted-webhook.js"
import { CertificateUploader } from "../registration/watch/certificate-uploader.js"
import { DeliveryWatch } from "../registration/watch/delivery-watch.js"
import { resetsBacklog } from "../registration/watch/watch-messages.js"
import { needsRegistration, webhookDifferences } from "../registration/watch/webhook-differences.js"
import { defaultOrderLimitMs } from "../webhook/id-order.js"
import { Webhook } from "../webhook/webhook.js"
import { needsReset, StartGate } from "./backlog-reset.js"
import { StartHooks } from "./start-hooks.js"
import type { StartPlan } from "./start-plan.js"
import type { WebhookIntakeOptions } from "./webhook-intake-options.js"

/** The running parts of a started webhook. */
export interface StartedWebhook {
  readonly webhook: Webhook
  readonly address: WebhookAddress
  /** The watch of the certificate; `undefined` if no certificate can need an upload. */
  readonly uploader: CertificateUploader | undefined
  /** The watch of the registration; `undefined` if this process does not register the webhook. */
  readonly watch: DeliveryWatch | undefined
  /**
   * Registers the webhook of another machine, and watches it; `undefined` unless the option `standsBy` is set. Rejects
   * with the error of a failed call.
   */
  readonly takeOver: (() => Promise<Registrar>) | undefined
  readonly hooks: StartHooks
  /** Settles when the webhook ends. */
  readonly ending: Ending
}

/** The parts that keep a webhook registered. */
export type Registrar = Pick<StartedWebhook, "watch" | "uploader">

/** A promise that settles when a webhook ends. Its rejection is never reported as unhandled. */
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

/** The parts of a webhook that this process does not register. */
const noRegistrar: Registrar = { watch: undefined, uploader: undefined }

/** The result of the phase *register*. */
interface Registered {
  /** The time of the last failed delivery before the start, in seconds since 1970; 0 if there is none. */
  readonly since: number
  /** True if the start called `setWebhook`. */
  readonly hasRegistered: boolean
}

/** The start of a webhook with checked options. Its phases: listen, check a late certificate, register, watch. */
export class WebhookStart {
  readonly #options: WebhookIntakeOptions
  readonly #plan: StartPlan
  readonly #logger: Logger
  readonly #gate = new StartGate()
  readonly #ending = new Ending()

  constructor(options: WebhookIntakeOptions, plan: StartPlan, logger: Logger) {
    this.#options = options
    this.#plan = plan
    this.#logger = logger
  }

  /** Runs the phases. If one fails, closes the server and rejects with the error. */
  async run(): Promise<StartedWebhook> {
    const { server, wanted } = this.#plan
    const hooks = await this.#makeHooks()
    const webhook = this.#makeWebhook(hooks)
    const address = await this.#listen(webhook)
    try {
      this.#options.signal?.throwIfAborted()
      if (wanted) this.#gate.startLimit()
      await this.#plan.checkLateCertificate()
      if (!wanted) this.#logUnregistered()
      const { standsBy } = this.#options
      const registrar = wanted && !standsBy ? await this.#makeRegistrar(wanted) : noRegistrar
      if (standsBy) this.#gate.open()
      hooks.started(registrar.watch)
      const { watch, uploader } = registrar
      const takeOver = standsBy === undefined ? undefined : this.#takeOverOf(wanted, hooks)
      return { webhook, address, watch, uploader, takeOver, hooks, ending: this.#ending }
    } catch (error) {
      webhook.stopIntake()
      this.#gate.open()
      await server.release(webhook)
      throw error
    }
  }

  async #makeRegistrar(wanted: WantedWebhook): Promise<Registrar> {
    const watch = this.#watch(wanted, await this.#register(wanted))
    return { watch, uploader: this.#watchCertificate(wanted) }
  }

  /**
   * Returns the function that registers a webhook that is open already. A delayed backlog is not reset, because
   * updates are arriving. A webhook that is not shared has no such function, which retains all values of the start.
   */
  #takeOverOf(wanted: WantedWebhook | undefined, hooks: StartHooks): StartedWebhook["takeOver"] {
    if (!wanted) return undefined
    return async () => {
      const watch = this.#watch(wanted, await this.#register(wanted, false))
      hooks.started(watch)
      return { watch, uploader: this.#watchCertificate(wanted) }
    }
  }

  async #makeHooks(): Promise<StartHooks> {
    const { wanted } = this.#plan
    return new StartHooks({
      lastId: await lastIdOf(this.#options),
      opened: wanted && this.#gate.opened,
      isRegistered: wanted !== undefined,
      logger: this.#logger,
    })
  }

  #makeWebhook(hooks: StartHooks): Webhook {
    const { bot, queue, maxBodyBytes, putTimeoutMs, orderWithinMs, logger } = this.#options
    const { urlPath, secretToken } = this.#plan
    const path = urlPath === "" ? "/" : urlPath
    const limits = { maxBodyBytes, putTimeoutMs, orderWithinMs, logger }
    return new Webhook({ botId: bot.id, queue, path, secretToken, ...limits }, hooks)
  }

  /** Opens the server. An abort closes it at once: opening takes minutes if an ACME order is pending. */
  async #listen(webhook: Webhook): Promise<WebhookAddress> {
    const { signal } = this.#options
    const { server } = this.#plan
    const release = () => void server.release(webhook)
    signal?.throwIfAborted()
    if (signal) onAbort(signal, release)
    try {
      return await server.open(webhook)
    } catch (error) {
      signal?.throwIfAborted()
      throw error
    } finally {
      if (signal) offAbort(signal, release)
    }
  }

  /**
   * Registers the webhook if Telegram's registration may differ.
   *
   * @param isStart true to reset a delayed backlog, and to drop the pending updates if the options say so. Otherwise
   *   another machine has registered the same secret, and only a difference that Telegram shows matters.
   */
  async #register(wanted: WantedWebhook, isStart = true): Promise<Registered> {
    const { bot, signal } = this.#options
    const dropPendingUpdates = isStart && (this.#options.dropPendingUpdates ?? false)
    const retryOptions = { retries: this.#plan.retries, signal, logger: this.#logger }
    const info = await withRetries(() => bot.getWebhookInfo({ signal }), retryOptions)
    const isReset = isStart && !dropPendingUpdates && needsReset(info, wanted.current)
    if (isReset) {
      this.#logger.info(resetsBacklog(info.pending_update_count))
      await withRetries(() => bot.deleteWebhook({}, { signal }), retryOptions)
      await this.#gate.refuse()
    } else this.#gate.open()
    const mayDiffer = isStart
      ? needsRegistration(wanted.current, info, bot.localMode)
      : webhookDifferences(wanted.current, info, bot.localMode).length > 0
    const hasRegistered = isReset || dropPendingUpdates || mayDiffer
    if (hasRegistered) {
      const call = () => register(bot, wanted.current, { dropPendingUpdates, signal })
      await withRetries(call, retryOptions)
    }
    return { since: info.last_error_date ?? 0, hasRegistered }
  }

  #watch(wanted: WantedWebhook, registered: Registered): DeliveryWatch {
    const { bot, reconcile = "repair" } = this.#options
    const { certificate, problems } = this.#plan
    return new DeliveryWatch({
      bot,
      logger: this.#logger,
      wanted,
      reconcile,
      certificate,
      problems,
      unauthorized: this.#ending.reject,
      since: registered.since,
      hasRegistered: registered.hasRegistered,
    })
  }

  #watchCertificate(wanted: WantedWebhook): CertificateUploader | undefined {
    const { bot, cert, uploadCertificate } = this.#options
    const { server } = this.#plan
    const logger = this.#logger
    return CertificateUploader.start({ bot, server, wanted, cert, uploadCertificate, logger })
  }

  #logUnregistered(): void {
    const { server } = this.#options
    const text =
      "No webhook is registered at Telegram, because the option `webhookUrl` is missing. Call setWebhook with the URL and the bot's `secret_token` (`updater.secretToken`)"
    // A program with a shared server usually registers its webhooks itself, so no warning is due.
    if (server) this.#logger.info(text)
    else this.#logger.warn(text)
  }
}

/** Resolves with the highest `update_id` in the queue, for a webhook that keeps the order of ids. */
async function lastIdOf({ bot, queue, orderWithinMs }: WebhookIntakeOptions) {
  if ((orderWithinMs ?? defaultOrderLimitMs(queue)) === 0) return undefined
  // An error is ignored: if the queue fails, the first `put` reports it.
  try {
    const id: unknown = await queue.highestId?.(bot.id)
    return typeof id === "number" ? id : undefined
  } catch {
    return undefined
  }
}
