import type { Clock, Timer } from "../ground/clock.js"
import { Fifo } from "../ground/fifo.js"
import { Heap } from "../ground/heap.js"
import type { Random } from "../ground/random.js"
import { ConnectionGrowth } from "./connection-growth.js"
import { ConnectionPool } from "./connection-pool.js"
import type { EventQueue, StoredEvent, SubQueueId } from "./event-queue.js"
import { afterFailure, retryAfterSeconds, type RetryState } from "./retry.js"
import type { WebhookResponse } from "./response-reader.js"
import type { WebhookConnection, ConnectionEvents } from "./webhook-connection.js"

/** Events of a {@link WebhookDelivery}. */
export interface DeliveryReports {
  /** Called at the start of an attempt. */
  sent(event: StoredEvent): void
  /** Called at the end of an attempt; `response` is `undefined` if there was none. */
  ended(event: StoredEvent, response: WebhookResponse | undefined, error: string | undefined): void
  /** Called with the time of the next attempt, in milliseconds. */
  waits(event: StoredEvent, until: number): void
  /** Called when an update has expired undelivered. */
  dropped(event: StoredEvent): void
  /** Called with a new `last_error_message`. */
  failed(message: string): void
  /** Called after 410 responses for more than 23 hours: Telegram then deletes the webhook. */
  gone(): void
}

/** Options of a {@link WebhookDelivery}. */
export interface DeliveryOptions {
  readonly clock: Clock
  readonly random: Random
  readonly queue: EventQueue
  readonly maxConnections: number
  /** False for a new webhook: then a connection is opened at once as a test. */
  readonly isKnown: boolean
  /** Returns the bytes of a request; `undefined` for an update that cannot be sent. */
  readonly request: (event: StoredEvent) => string | undefined
  readonly connect: (events: ConnectionEvents) => WebhookConnection
  readonly reports: DeliveryReports
}

interface LoadedUpdate extends RetryState {
  readonly event: StoredEvent
  readonly subQueue: SubQueueId
  /** The time at which the sub-queue may send again, in milliseconds. */
  wakeAt: number
  /** The order of sub-queues that became ready in the same millisecond. */
  pass: number
}

/** The time of 410 responses after which Telegram deletes the webhook. */
const goneAfterMs = 23 * 3_600_000
/** The maximum number of updates that one check reads from the queue. */
const maxLoadedAtOnce = 1000

/**
 * The delivery of a queue's updates to a webhook: one at a time within a sub-queue, and several
 * sub-queues in parallel, as far as there are connections.
 */
export class WebhookDelivery {
  readonly #options: DeliveryOptions
  readonly #growth: ConnectionGrowth
  readonly #subQueues = new Map<SubQueueId, Fifo<LoadedUpdate>>()
  readonly #ready = new Heap<LoadedUpdate>(comesFirst)
  readonly #pool: ConnectionPool<LoadedUpdate>
  #cursor = 0
  /** Updates with smaller ids were pending at the start, and are loaded together. */
  #backlogEnd: number
  #pass = 0
  #ownQueues = 0n
  #goneSince: number | undefined
  #timer: { readonly at: number; readonly timer: Timer } | undefined
  #state: "resting" | "scheduled" | "closed" = "resting"

  constructor(options: DeliveryOptions) {
    this.#options = options
    const { maxConnections, isKnown: hasConnected } = options
    this.#pool = new ConnectionPool({
      connect: options.connect,
      answered: (update, response) => this.#answered(update, response),
      closed: (update, error) => this.#closed(update, error),
    })
    this.#growth = new ConnectionGrowth({ maxConnections, hasConnected })
    this.#backlogEnd = options.queue.tail
    this.wake()
  }

  /** Whether an exchange with the webhook's server is running. */
  get isBusy(): boolean {
    return this.#state === "scheduled" || this.#pool.isBusy
  }

  /** Schedules a check for deliverable updates in the next turn of the event loop. */
  wake(): void {
    if (this.#state !== "resting") return
    this.#state = "scheduled"
    setImmediate(() => {
      if (this.#state === "closed") return
      this.#state = "resting"
      this.#work()
    })
  }

  /** Sends an update again, behind the pending updates of its sub-queue. */
  repeat(event: StoredEvent): void {
    this.#pass += 1
    this.#add(event, this.#options.clock.now())
    this.wake()
  }

  /**
   * Handles a change of the server's address: connections to the old address close after their next
   * response.
   */
  moved(): void {
    this.#pool.moved()
  }

  /** Closes all connections and resets all state except the queue. */
  close(): void {
    this.#state = "closed"
    this.#timer?.timer.cancel()
    this.#pool.close()
  }

  #work(): void {
    this.#load()
    const { clock } = this.#options
    const demand = {
      subQueues: this.#subQueues.size,
      connections: this.#pool.size,
      now: clock.now(),
    }
    const growAt = this.#growth.open(demand, () => this.#pool.open())
    const sendAt = this.#send()
    this.#wakeAt(Math.min(growAt ?? Infinity, sendAt ?? Infinity))
  }

  #load(): void {
    const { queue, clock, maxConnections } = this.#options
    const room = 2 * maxConnections - this.#subQueues.size
    if (room <= 0) this.#backlogEnd = queue.tail
    if (room <= 0 || this.#cursor >= queue.tail) return
    const now = clock.now()
    const events = queue.read(this.#cursor, Math.min(maxLoadedAtOnce, room), Math.floor(now / 1000))
    this.#pass += 1
    for (const event of events) {
      if (event.id >= this.#backlogEnd) this.#pass += 1
      this.#add(event, now)
    }
    this.#cursor = events.length > 0 ? (events.at(-1)?.id ?? 0) + 1 : queue.tail
    if (this.#cursor < queue.tail) this.#backlogEnd = queue.tail
  }

  #add(event: StoredEvent, wakeAt: number): void {
    const subQueue = event.subQueue === 0 ? `${this.#ownQueues++}` : event.subQueue
    const id = typeof subQueue === "string" ? BigInt(subQueue) * 2n ** 64n + 2n ** 64n : subQueue
    const update = { event, subQueue: id, wakeAt, pass: this.#pass, delay: 1, failures: 0 }
    const waiting = this.#subQueues.get(id)
    if (waiting !== undefined) return waiting.push(update)
    const fresh = new Fifo<LoadedUpdate>()
    fresh.push(update)
    this.#subQueues.set(id, fresh)
    this.#ready.push(update)
  }

  // Returns the time of the next check, or `undefined` if the next update need not wait.
  #send(): number | undefined {
    const now = this.#options.clock.now()
    for (;;) {
      const update = this.#ready.peek()
      if (update === undefined) return undefined
      if (update.wakeAt > now) return update.wakeAt
      const request = this.#options.request(update.event)
      if (request === undefined || !this.#pool.hasIdle) return undefined
      this.#ready.pop()
      this.#options.reports.sent(update.event)
      this.#pool.send(update, request)
    }
  }

  #answered(update: LoadedUpdate | undefined, response: WebhookResponse): void {
    if (update === undefined) return
    const isSuccess = response.status >= 200 && response.status <= 299
    const error = `Wrong response from the webhook: ${response.status} ${response.reason}`
    if (!isSuccess) this.#options.reports.failed(error)
    this.#options.reports.ended(update.event, response, isSuccess ? undefined : error)
    if (this.#isGone(response.status)) return this.#options.reports.gone()
    if (isSuccess) this.#succeeded(update)
    else this.#retry(update, retryAfterSeconds(response.headers.get("retry-after")))
    this.wake()
  }

  #closed(update: LoadedUpdate | undefined, error: string | undefined): void {
    if (error !== undefined) this.#options.reports.failed(error)
    if (update !== undefined) {
      this.#options.reports.ended(update.event, undefined, error)
      this.#retry(update, 0)
    }
    this.wake()
  }

  #isGone(status: number): boolean {
    const now = this.#options.clock.now()
    if (status !== 410) this.#goneSince = undefined
    else this.#goneSince ??= now
    return this.#goneSince !== undefined && now > this.#goneSince + goneAfterMs
  }

  #succeeded(update: LoadedUpdate): void {
    this.#growth.succeeded(this.#options.clock.now())
    this.#forget(update)
  }

  #retry(update: LoadedUpdate, retryAfter: number): void {
    const { clock, random, reports } = this.#options
    const { expiresAt } = update.event
    const now = clock.now()
    const integer = random.integer.bind(random)
    const unixTime = Math.floor(now / 1000)
    const decision = afterFailure(update, { retryAfter, now: unixTime, expiresAt, integer })
    if (decision === "drop") {
      reports.dropped(update.event)
      this.#options.queue.lose(update.event.id)
      return this.#forget(update)
    }
    update.wakeAt = now + decision.waitS * 1000
    update.pass = ++this.#pass
    this.#ready.push(update)
    reports.waits(update.event, update.wakeAt)
  }

  #forget(update: LoadedUpdate): void {
    this.#options.queue.delete(update.event.id)
    const waiting = this.#subQueues.get(update.subQueue)
    waiting?.shift()
    const next = waiting?.first
    if (next === undefined) this.#subQueues.delete(update.subQueue)
    else this.#ready.push(next)
  }

  #wakeAt(at: number): void {
    if (at === Infinity || (this.#timer !== undefined && this.#timer.at <= at)) return
    this.#timer?.timer.cancel()
    const { clock } = this.#options
    const timer = clock.setTimeout(() => {
      this.#timer = undefined
      this.wake()
    }, at - clock.now())
    this.#timer = { at, timer }
  }
}

function comesFirst(a: LoadedUpdate, b: LoadedUpdate): boolean {
  if (a.wakeAt !== b.wakeAt) return a.wakeAt < b.wakeAt
  return a.pass === b.pass ? a.subQueue < b.subQueue : a.pass < b.pass
}
