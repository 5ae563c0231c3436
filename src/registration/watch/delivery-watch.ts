import type { Bot } from "../../bot/index.js"
import { deliveryFailed, registrationChanged } from "../../events/index.js"
import { isError } from "../../ground/error-text.js"
import type { Logger } from "../../ground/logger.js"
import { sleep } from "../../ground/sleep.js"
import { Unauthorized } from "../../telegram/errors.js"
import type { WebhookInfo } from "../../telegram/types.js"
import {
  explainWebhookError,
  mayBeOutdated,
} from "../../telegram/webhook-errors/explain-webhook-error.js"
import { CertificateEnd } from "./certificate-end.js"
import { type DeliveryNews, DeliveryReport } from "./delivery-news.js"
import { register } from "../registration.js"
import type { WantedWebhook } from "../wanted-webhook.js"
import { Nudges } from "./nudges.js"
import { type WebhookDifference, webhookDifferences } from "./webhook-differences.js"
import { WebhookRepairs } from "./webhook-repairs.js"
import * as messages from "./watch-messages.js"

/** What is done about a webhook that another program has changed or removed. */
export type Reconcile = "repair" | "report"

/** What a {@link DeliveryWatch} looks after. */
export interface DeliveryWatchOptions {
  readonly bot: Bot
  readonly logger: Logger
  /** The webhook as it should be. */
  readonly wanted: WantedWebhook
  /** When Telegram's last known failure was, in seconds; later ones are news. */
  readonly since: number
  /** Whether Telegram has been told of the secret and the certificate by this process. */
  readonly isNewest: boolean
  /** What is done about a difference. */
  readonly reconcile: Reconcile
  /** The certificate that is used at present, as PEM text; `undefined` where it is not known. */
  readonly certificate: () => Promise<string | undefined>
  /** The waits between two looks, in milliseconds; the last one is repeated. */
  readonly waitsMs?: readonly number[]
  /** How long a difference has to be there before it is set right, in milliseconds. */
  readonly graceMs?: number | undefined
  /** Called when Telegram does not know the bot's token any more. The watch has ended then. */
  readonly unauthorized?: (error: Unauthorized) => void
}

/** Frequent at first to confirm the start, then every five minutes. */
const usualWaitsMs = [1000, 10_000, 60_000, 300_000] as const
/** The shortest wait between two looks: Telegram needs a moment to note an answer. */
const shortestWaitMs = 1000

/**
 * Looks at `getWebhookInfo` now and then while a webhook is registered. Says in words what Telegram
 * could not deliver and why, since it tells nobody otherwise, and when the certificate ends; sets the
 * webhook right where another program has changed it.
 *
 * @see docs/decisions/0013-reconciliation.md
 */
export class DeliveryWatch {
  readonly #options: DeliveryWatchOptions
  readonly #end = new AbortController()
  readonly #news: DeliveryReport
  readonly #repairs: WebhookRepairs
  /** Of a secret or certificate that another program has changed, which `getWebhookInfo` never shows. */
  readonly #hiddenRepairs: WebhookRepairs
  readonly #nudges = new Nudges()
  readonly #certificate = new CertificateEnd()
  #wake = new AbortController()
  #isNewest: boolean
  /** Whether the next look is the first one after a registration of ours. */
  #isFresh: boolean
  /** When to look again at the latest, as `performance.now` counts. */
  #dueMs = Infinity

  /** Starts looking, one second from now. */
  constructor(options: DeliveryWatchOptions) {
    this.#options = options
    this.#isNewest = options.isNewest
    this.#isFresh = options.isNewest
    this.#news = new DeliveryReport(options.since)
    const { reconcile, graceMs } = options
    this.#repairs = new WebhookRepairs(reconcile === "repair" ? graceMs : Infinity)
    this.#hiddenRepairs = new WebhookRepairs(reconcile === "repair" ? graceMs : Infinity)
    void this.#run()
  }

  /**
   * Looks soon: a request came that Telegram would not have sent with the newest registration. A
   * stranger may have sent it, so that further nudges are heeded ever more rarely.
   */
  nudge(): void {
    if (this.#nudges.isHeeded(performance.now())) this.#wake.abort()
  }

  /** Stops looking. */
  stop(): void {
    this.#end.abort()
  }

  async #run(): Promise<void> {
    const { waitsMs = usualWaitsMs } = this.#options
    for (let looks = 0; !this.#end.signal.aborted; looks += 1) {
      await this.#wait(waitsMs[Math.min(looks, waitsMs.length - 1)] ?? 0)
      if (!this.#end.signal.aborted) await this.#look()
    }
  }

  /** A nudge ends the wait, and so does the time of a repair. */
  async #wait(usualMs: number): Promise<void> {
    this.#wake = new AbortController()
    const { signal } = this.#end
    const ms = Math.min(usualMs, Math.max(0, this.#dueMs - performance.now()))
    const shortestMs = Math.min(usualMs, shortestWaitMs)
    try {
      await sleep(shortestMs, signal)
      if (ms > shortestMs) {
        await sleep(ms - shortestMs, AbortSignal.any([signal, this.#wake.signal]))
      }
    } catch {
      // Woken or ended: whoever asks sees which.
    }
  }

  async #look(): Promise<void> {
    const { bot, logger } = this.#options
    const { signal } = this.#end
    try {
      await this.#lookAtCertificate()
      await this.#judge(await bot.getWebhookInfo({ signal }))
    } catch (error) {
      if (signal.aborted) return
      logger.debug(messages.couldNotLook(error))
      if (isError(error) && error instanceof Unauthorized) this.#revoked(error)
    }
  }

  #revoked(error: Unauthorized): void {
    this.stop()
    this.#options.unauthorized?.(error)
  }

  async #lookAtCertificate(): Promise<void> {
    const { logger, certificate } = this.#options
    try {
      const pem = await certificate()
      const ending = pem === undefined ? undefined : this.#certificate.announcement(pem)
      if (ending !== undefined) logger.warn(ending)
    } catch (error) {
      logger.warn(messages.couldNotRead(error))
    }
  }

  async #judge(info: WebhookInfo): Promise<void> {
    const differences = this.#differences(info)
    await this.#reconcile(differences, info)
    // What happens elsewhere is not about this server.
    if (differences.some(({ field }) => field === "url")) return
    const news = this.#news.read(info)
    this.#tell(news, info)
    const { last_error_message: message = "" } = info
    if (news.hasFailed && mayBeOutdated(explainWebhookError(message))) await this.#registerAgain()
  }

  /** Kinds of updates that a Bot API server does not know are left out by it, for good. */
  #differences(info: WebhookInfo): readonly WebhookDifference[] {
    const { bot, wanted } = this.#options
    const found = webhookDifferences(wanted.current, info, bot.localMode)
    const isFresh = this.#isFresh
    this.#isFresh = false
    if (!isFresh || found.length !== 1 || found[0]?.field !== "allowed_updates") return found
    wanted.acceptTypes(info.allowed_updates ?? [])
    return []
  }

  async #reconcile(differences: readonly WebhookDifference[], info: WebhookInfo): Promise<void> {
    const { logger } = this.#options
    const nowMs = performance.now()
    const step = this.#repairs.next(differences.length > 0, nowMs)
    this.#dueMs = step.kind === "wait" ? step.untilMs : Infinity
    if (step.kind === "wait" && step.isNew) {
      logger.warn(messages.changed(differences, step.untilMs - nowMs))
      this.#publishChanged(info)
    }
    if (step.kind !== "repair") return
    if (step.isContested) logger.warn(messages.contested(this.#repairs.repairs))
    if (await this.#register()) logger.info(messages.repaired(info.url ?? ""))
  }

  #tell({ error, hasFailed, growing }: DeliveryNews, info: WebhookInfo): void {
    const { logger } = this.#options
    const { pending_update_count: pending } = info
    if (error !== undefined) logger.warn(messages.undelivered(explainWebhookError(error), pending))
    if (hasFailed) this.#publishFailed(info)
    if (growing !== undefined) logger.warn(messages.growing(growing))
  }

  #publishChanged({ url = "" }: WebhookInfo): void {
    const { bot } = this.#options
    if (registrationChanged.hasSubscribers) registrationChanged.publish({ botId: bot.id, url })
  }

  #publishFailed(info: WebhookInfo): void {
    if (!deliveryFailed.hasSubscribers) return
    const { last_error_message: message = "", last_error_date = 0 } = info
    const date = new Date(last_error_date * 1000)
    const pending = info.pending_update_count
    deliveryFailed.publish({ botId: this.#options.bot.id, message, date, pending })
  }

  /**
   * At once where this process has not told Telegram of its secret and certificate. Otherwise another
   * program has registered its own: after the wait, and ever more rarely, as with any difference.
   */
  async #registerAgain(): Promise<void> {
    if (this.#isNewest) {
      const nowMs = performance.now()
      const step = this.#hiddenRepairs.next(true, nowMs)
      if (step.kind === "wait") this.#dueMs = Math.min(this.#dueMs, step.untilMs)
      if (step.kind !== "repair") return
    }
    this.#options.logger.info(messages.outdated)
    await this.#register()
  }

  /** Whether it could be done. */
  async #register(): Promise<boolean> {
    const { bot, logger, wanted } = this.#options
    const { signal } = this.#end
    this.#isNewest = true
    try {
      await register(bot, wanted.current, { signal })
      this.#isFresh = true
    } catch (error) {
      if (!signal.aborted) logger.warn(messages.couldNotRegister(error))
    }
    return this.#isFresh
  }
}
