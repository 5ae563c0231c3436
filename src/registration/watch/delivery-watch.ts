import type { Bot } from "../../bot/index.js"
import type { CertificateProblem } from "../../certificate/index.js"
import { deliveryFailed, registrationChanged } from "../../events/index.js"
import { isError } from "../../ground/error-text.js"
import type { Logger } from "../../ground/logger.js"
import { Timer } from "../../ground/timer.js"
import { Unauthorized } from "../../telegram/errors.js"
import type { WebhookInfo } from "../../telegram/types.js"
import {
  type ExplainedWebhookError,
  explainWebhookError,
  isCertificateError,
  mayBeOutdated,
} from "../../telegram/webhook-errors/explain-webhook-error.js"
import { ExpiryWarnings } from "./expiry-warnings.js"
import { type DeliveryNews, DeliveryReport } from "./delivery-news.js"
import { register } from "../registration.js"
import type { WantedWebhook } from "../wanted-webhook.js"
import { Nudges } from "./nudges.js"
import { type WebhookDifference, webhookDifferences } from "./webhook-differences.js"
import { WebhookRepairs } from "./webhook-repairs.js"
import * as messages from "./watch-messages.js"

/** The reaction to a webhook that another program has changed or removed. */
export type Reconcile = "repair" | "report"

/** The options of a {@link DeliveryWatch}. */
export interface DeliveryWatchOptions {
  readonly bot: Bot
  readonly logger: Logger
  /** The webhook that Telegram should have. */
  readonly wanted: WantedWebhook
  /** The time of the last known failure, in seconds since 1970; only later failures are reported. */
  readonly since: number
  /** True if this process has registered its secret and its certificate. */
  readonly hasRegistered: boolean
  /** The reaction to a difference. */
  readonly reconcile: Reconcile
  /** Resolves with the current certificate as PEM text; with `undefined` if it is unknown. */
  readonly certificate: () => Promise<string | undefined>
  /** Resolves with the problems of the certificate, which Telegram does not report. Default: none. */
  readonly problems?: () => Promise<readonly CertificateProblem[]>
  /** The waits between two checks (calls of `getWebhookInfo`), in milliseconds; the last wait is repeated. */
  readonly waitsMs?: readonly number[]
  /** The time for which a difference has to last before it is repaired, in milliseconds. */
  readonly graceMs?: number | undefined
  /** Called when Telegram no longer accepts the bot's token. The watch has then stopped. */
  readonly unauthorized?: (error: Unauthorized) => void
}

/** Short waits at first, to verify the start, then five minutes. */
const usualWaitsMs = [1000, 10_000, 60_000, 300_000] as const
/** The shortest wait between two checks: `getWebhookInfo` shows a failed delivery only after a moment. */
const shortestWaitMs = 1000

/**
 * The periodic check of a registered webhook by `getWebhookInfo`. The watch logs failed deliveries with their
 * causes, which Telegram reports in no other way, warns before the certificate expires, and
 * repairs a webhook that another program has changed.
 *
 * @see docs/decisions/0013-reconciliation.md
 */
export class DeliveryWatch {
  readonly #options: DeliveryWatchOptions
  readonly #news: DeliveryReport
  readonly #repairs: WebhookRepairs
  /**
   * The repairs of a changed secret or certificate, which `getWebhookInfo` does not show; `undefined`
   * before the first one.
   */
  #hiddenRepairs: WebhookRepairs | undefined
  /** The limit of nudges; `undefined` before the first one. */
  #nudges: Nudges | undefined
  readonly #expiryWarnings = new ExpiryWarnings()
  /** The number of checks that have ended. */
  #checkCount = 0
  /** The timer of the next check; `undefined` during a check and after `stop`. */
  #timer: Timer | undefined
  /** The earliest time at which a nudge can begin the next check, in milliseconds of `performance.now`. */
  #earliestMs = 0
  /** The running check, whose abort ends its calls; `undefined` while no check runs. */
  #running: AbortController | undefined
  #isStopped = false
  #hasRegistered: boolean
  /** True from a registration by this process until the next check. */
  #isJustRegistered: boolean
  /** The latest time of the next check, in milliseconds of `performance.now`. */
  #dueMs = Infinity

  /** Starts the watch. The first check comes after one second. */
  constructor(options: DeliveryWatchOptions) {
    this.#options = options
    this.#hasRegistered = options.hasRegistered
    this.#isJustRegistered = options.hasRegistered
    this.#news = new DeliveryReport(options.since)
    this.#repairs = this.#createRepairs()
    this.#wait()
  }

  /**
   * Brings the next check forward, after a request with a wrong secret: another program may have changed
   * the registration. As anybody can send such requests, repeated calls take effect more and more rarely.
   */
  nudge(): void {
    const nowMs = performance.now()
    this.#nudges ??= new Nudges()
    if (!this.#nudges.isAccepted(nowMs) || !this.#timer) return
    this.#timer.stop()
    this.#startTimer(Math.max(0, this.#earliestMs - nowMs))
  }

  /** Stops the watch. */
  stop(): void {
    this.#isStopped = true
    this.#timer?.stop()
    this.#timer = undefined
    this.#running?.abort()
  }

  #createRepairs(): WebhookRepairs {
    const { reconcile, graceMs } = this.#options
    return new WebhookRepairs(reconcile === "repair" ? graceMs : Infinity)
  }

  /** Waits for the next check. A nudge or a due repair ends the wait early. */
  #wait(): void {
    const { waitsMs = usualWaitsMs } = this.#options
    const nowMs = performance.now()
    const usualMs = waitsMs[Math.min(this.#checkCount, waitsMs.length - 1)] ?? 0
    const shortestMs = Math.min(usualMs, shortestWaitMs)
    this.#earliestMs = nowMs + shortestMs
    this.#startTimer(Math.max(shortestMs, Math.min(usualMs, this.#dueMs - nowMs)))
  }

  #startTimer(ms: number): void {
    this.#timer = new Timer(() => void this.#checkNow(), ms)
  }

  async #checkNow(): Promise<void> {
    this.#timer = undefined
    this.#running = new AbortController()
    await this.#runCheck()
    this.#running = undefined
    this.#checkCount += 1
    if (!this.#isStopped) this.#wait()
  }

  async #runCheck(): Promise<void> {
    const { bot, logger } = this.#options
    const signal = this.#running?.signal
    try {
      await this.#checkCertificate()
      await this.#judge(await bot.getWebhookInfo({ signal }))
    } catch (error) {
      if (this.#isStopped) return
      logger.debug(messages.couldNotCheck(error))
      if (isError(error) && error instanceof Unauthorized) this.#stopUnauthorized(error)
    }
  }

  #stopUnauthorized(error: Unauthorized): void {
    this.stop()
    this.#options.unauthorized?.(error)
  }

  async #checkCertificate(): Promise<void> {
    const { logger, certificate } = this.#options
    try {
      const pem = await certificate()
      const ending = pem === undefined ? undefined : this.#expiryWarnings.due(pem)
      if (ending !== undefined) logger.warn(ending)
    } catch (error) {
      logger.warn(messages.couldNotRead(error))
    }
  }

  async #judge(info: WebhookInfo): Promise<void> {
    const differences = this.#differences(info)
    await this.#reconcile(differences, info)
    // Failures at another URL do not concern this server.
    if (differences.some(({ field }) => field === "url")) return
    const news = this.#news.read(info)
    await this.#report(news, info)
    const { last_error_message: message = "" } = info
    if (news.hasFailed && mayBeOutdated(explainWebhookError(message))) await this.#registerAgain()
  }

  /**
   * Returns the differences between the wanted webhook and Telegram's. If only the update types differ
   * right after a registration, the Bot API server does not know some of them: the types that it knows
   * then become the wanted ones, and there is no difference.
   */
  #differences(info: WebhookInfo): readonly WebhookDifference[] {
    const { bot, wanted } = this.#options
    const found = webhookDifferences(wanted.current, info, bot.localMode)
    const isJustRegistered = this.#isJustRegistered
    this.#isJustRegistered = false
    if (!isJustRegistered || found.length !== 1 || found[0]?.field !== "allowed_updates")
      return found
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

  async #report({ error, hasFailed, growing }: DeliveryNews, info: WebhookInfo): Promise<void> {
    const { logger } = this.#options
    const { pending_update_count: pending } = info
    if (error !== undefined) {
      const explained = explainWebhookError(error)
      logger.warn(messages.undelivered(explained, pending, await this.#problemsBehind(explained)))
    }
    if (hasFailed) this.#publishFailed(info)
    if (growing !== undefined) logger.warn(messages.growing(growing))
  }

  /** Returns the problems of the certificate: Telegram reports all of them with the same message. */
  async #problemsBehind(explained: ExplainedWebhookError): Promise<readonly CertificateProblem[]> {
    const { problems } = this.#options
    if (!problems || !isCertificateError(explained)) return []
    // `#checkCertificate` reports an unreadable file.
    return problems().catch(() => [])
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
   * Registers the webhook after a failure that a wrong secret or certificate may have caused. If this
   * process has not registered its own secret and certificate yet, it does so at once. Otherwise another
   * program has replaced them: the repair waits, and later repairs wait longer, as for other differences.
   */
  async #registerAgain(): Promise<void> {
    if (this.#hasRegistered) {
      const nowMs = performance.now()
      this.#hiddenRepairs ??= this.#createRepairs()
      const step = this.#hiddenRepairs.next(true, nowMs)
      if (step.kind === "wait") this.#dueMs = Math.min(this.#dueMs, step.untilMs)
      if (step.kind !== "repair") return
    }
    this.#options.logger.info(messages.registeringAgain)
    await this.#register()
  }

  /** Registers the webhook. Resolves with true if the registration succeeded. */
  async #register(): Promise<boolean> {
    const { bot, logger, wanted } = this.#options
    this.#hasRegistered = true
    try {
      await register(bot, wanted.current, { signal: this.#running?.signal })
      this.#isJustRegistered = true
      return true
    } catch (error) {
      if (!this.#isStopped) logger.warn(messages.couldNotRegister(error))
      return false
    }
  }
}
