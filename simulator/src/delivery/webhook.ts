import type { Timer } from "../ground/clock.js"
import type { Environment } from "../ground/environment.js"
import { unixTime } from "../ground/environment.js"
import type { EventQueue, StoredEvent } from "./event-queue.js"
import { WebhookConnection } from "./webhook-connection.js"
import { WebhookDelivery, type DeliveryReports } from "./webhook-delivery.js"
import { WebhookRequest } from "./webhook-request.js"
import type { Destination } from "./webhook-target.js"
import type { WebhookUrl } from "./webhook-url.js"

/** The time between two look-ups of the host, and its random variation. */
const lookupMs = 30 * 60_000
const lookupSpreadMs = 3 * 60_000

/** The parameters of `setWebhook`. */
export interface WebhookSettings {
  /** The URL as the bot gave it. */
  readonly url: string
  /** The uploaded certificate as PEM; `undefined` without one. */
  readonly certificate: string | undefined
  readonly maxConnections: number
  /** The parameter `ip_address`; empty for none. */
  readonly fixedAddress: string
  readonly secretToken: string
}

/** Events of a webhook, for its bot. */
export type WebhookReports = Omit<DeliveryReports, "failed">

/** A webhook that is set. */
export class Webhook {
  readonly settings: WebhookSettings
  /** The address that requests go to. */
  destination: Destination
  /**
   * The last failure since the webhook was set; a success does not clear it. `date` is Unix time in
   * seconds.
   */
  lastError: { readonly date: number; readonly message: string } | undefined
  readonly #environment: Environment
  readonly #url: WebhookUrl
  readonly #start: (isKnown: boolean) => WebhookDelivery
  #delivery: WebhookDelivery
  #lookup: Timer | undefined
  #isClosed = false
  readonly #unwatch: () => void

  constructor(options: {
    settings: WebhookSettings
    url: WebhookUrl
    destination: Destination
    environment: Environment
    queue: EventQueue
    reports: WebhookReports
    /** Whether the webhook was set before Telegram's server started. Default: false. */
    isRestored?: boolean | undefined
  }) {
    const { settings, url, environment, queue, reports } = options
    this.settings = settings
    this.destination = options.destination
    this.#environment = environment
    this.#url = url
    const request = new WebhookRequest(url, settings.secretToken)
    this.#start = (isKnown) =>
      new WebhookDelivery({
        ...environment,
        isKnown,
        queue,
        maxConnections: settings.maxConnections,
        request: (event) => request.bytes(event.id, event.json),
        connect: (events) => new WebhookConnection(this.#target(), environment.clock, events),
        reports: { ...reports, failed: (message) => this.#failed(message) },
      })
    this.#delivery = this.#start(options.isRestored ?? false)
    this.#unwatch = environment.clock.watch?.(() => this.#delivery.isBusy) ?? (() => {})
  }

  /** Checks for deliverable updates. */
  wake(): void {
    this.#delivery.wake()
  }

  /** Sends an update again that was already sent. */
  repeat(event: StoredEvent): void {
    this.#delivery.repeat(event)
  }

  /**
   * Resolves the host's address again about every half hour. A failed look-up changes nothing.
   *
   * @param find returns the current address
   */
  follow(find: () => Promise<Destination>): void {
    const { clock, random } = this.#environment
    const ms = lookupMs + random.integer(0, lookupSpreadMs)
    this.#lookup = clock.setTimeout(() => {
      const unchanged = this.destination
      void find()
        .catch(() => unchanged)
        .then((found) => this.#move(found, find))
    }, ms)
  }

  /** Closes the connections and starts over, like a restart of Telegram's server. */
  restart(): void {
    this.#delivery.close()
    this.#delivery = this.#start(true)
  }

  /** Closes the connections. */
  close(): void {
    this.#isClosed = true
    this.#lookup?.cancel()
    this.#unwatch()
    this.#delivery.close()
  }

  #move(found: Destination, find: () => Promise<Destination>): void {
    if (this.#isClosed) return
    const { address, port } = this.destination
    this.destination = found
    if (address !== found.address || port !== found.port) this.#delivery.moved()
    this.follow(find)
  }

  #failed(message: string): void {
    this.lastError = { date: unixTime(this.#environment), message }
  }

  #target() {
    const { address, port } = this.destination
    const { host, isHttps } = this.#url
    const { certificate: uploaded } = this.settings
    const { authorities } = this.#environment
    return { address, port, tls: isHttps ? { host, uploaded, authorities } : undefined }
  }
}
