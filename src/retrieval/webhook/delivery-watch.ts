import type { Bot } from "../../bot/index.js"
import { deliveryFailed, registrationChanged } from "../../events/index.js"
import type { Logger } from "../../ground/logger.js"
import { sleep } from "../../ground/sleep.js"
import type { WebhookInfo } from "../../telegram/types.js"
import {
  type ExplainedWebhookError,
  explainWebhookError,
  mayBeOutdated,
} from "../../telegram/webhook-errors/explain-webhook-error.js"
import { isSameUrl } from "./registration.js"

/** What a {@link DeliveryWatch} looks after. */
export interface DeliveryWatchOptions {
  readonly bot: Bot
  readonly url: string
  readonly logger: Logger
  /** When Telegram's last known failure was, in seconds; later ones are news. */
  readonly since: number
  /** Registers the webhook anew; `undefined` where Telegram is known to have the newest. */
  readonly reregister: ((signal: AbortSignal) => Promise<void>) | undefined
}

/** The waits between two looks, in milliseconds; the last one is repeated. */
const waitsMs = [1000, 10_000, 60_000, 300_000] as const

/**
 * Looks at `getWebhookInfo` now and then while a webhook is registered, and says in words what
 * Telegram could not deliver and why: it tells nobody otherwise.
 */
export class DeliveryWatch {
  readonly #options: DeliveryWatchOptions
  readonly #end = new AbortController()
  #wake = new AbortController()
  #since: number
  #reregister: DeliveryWatchOptions["reregister"]
  #isMoved = false

  /** Starts looking, one second from now. */
  constructor(options: DeliveryWatchOptions) {
    this.#options = options
    this.#since = options.since
    this.#reregister = options.reregister
    void this.#run()
  }

  /**
   * Something came that Telegram would not have sent, had it the newest registration: looks soon,
   * where that can be so.
   */
  nudge(): void {
    if (this.#reregister) this.#wake.abort()
  }

  /** Looks no more. */
  stop(): void {
    this.#end.abort()
  }

  async #run(): Promise<void> {
    for (let looks = 0; !this.#end.signal.aborted; looks += 1) {
      await this.#wait(waitsMs[Math.min(looks, waitsMs.length - 1)] ?? 0)
      if (!this.#end.signal.aborted) await this.#look()
    }
  }

  /** A nudge ends the wait, but for a second in which Telegram notes what it was answered. */
  async #wait(ms: number): Promise<void> {
    this.#wake = new AbortController()
    const { signal } = this.#end
    try {
      await sleep(1000, signal)
      if (ms > 1000) await sleep(ms - 1000, AbortSignal.any([signal, this.#wake.signal]))
    } catch {
      // Woken or ended: whoever asks sees which.
    }
  }

  async #look(): Promise<void> {
    const { bot, logger } = this.#options
    const { signal } = this.#end
    try {
      await this.#judge(await bot.getWebhookInfo({ signal }))
    } catch (error) {
      if (signal.aborted) return
      logger.debug(`Could not look at the webhook: ${reasonOf(error)}`)
    }
  }

  async #judge(info: WebhookInfo): Promise<void> {
    const { url } = this.#options
    const isMoved = !isSameUrl(url, info.url ?? "")
    if (isMoved && !this.#isMoved) this.#tellMoved(info.url ?? "")
    this.#isMoved = isMoved
    const { last_error_date: date = 0, last_error_message: message = "" } = info
    if (isMoved || date <= this.#since) return
    this.#since = date
    const explained = explainWebhookError(message)
    this.#tellUndelivered(explained, info)
    if (mayBeOutdated(explained)) await this.#registerOnce()
  }

  #tellMoved(url: string): void {
    const { bot, logger } = this.#options
    logger.warn(movedTo(url))
    if (registrationChanged.hasSubscribers) registrationChanged.publish({ botId: bot.id, url })
  }

  #tellUndelivered(explained: ExplainedWebhookError, info: WebhookInfo): void {
    const { bot, logger } = this.#options
    const { last_error_date = 0, pending_update_count: pending } = info
    logger.warn(undelivered(explained, pending))
    if (!deliveryFailed.hasSubscribers) return
    const date = new Date(last_error_date * 1000)
    deliveryFailed.publish({ botId: bot.id, message: explained.text, date, pending })
  }

  async #registerOnce(): Promise<void> {
    const reregister = this.#reregister
    if (!reregister) return
    this.#reregister = undefined
    this.#options.logger.info(
      "Registering the webhook anew, with the present secret and certificate",
    )
    await reregister(this.#end.signal)
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

function movedTo(url: string): string {
  return url === ""
    ? "The webhook is no longer registered: another program has removed it. No updates come in"
    : "Another program has registered the webhook at another URL. No updates come in here"
}

function undelivered({ text, meaning, fix }: ExplainedWebhookError, pending: number): string {
  return `Telegram could not deliver to the webhook (${pending} waiting): ${text}. ${meaning} ${fix}`
}
