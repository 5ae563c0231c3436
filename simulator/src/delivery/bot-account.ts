import type { UserFromGetMe } from "@grammyjs/types"
import { allows, defaultMask, parseAllowedUpdates, type UpdateMask } from "./allowed-updates.js"
import { asciiJson } from "../ground/ascii-json.js"
import { CallError } from "../ground/call-error.js"
import { EventQueue, type StoredEvent } from "./event-queue.js"
import { lifetime } from "./lifetimes.js"
import type { Webhook } from "./webhook.js"
import { unixTime, type Environment } from "../ground/environment.js"
import type { BotObserver } from "./bot-observer.js"
import { ConflictThrottle } from "./conflict-throttle.js"
import { UpdatePoll } from "./update-poll.js"

/** The interval at which expired updates are removed; the first removal comes later. */
const collectEveryMs = 60_000
const firstCollectMs = 600_000
/** The number of latest updates that can be delivered again. */
const maxRecent = 1000
/** The life of a recorded update whose own date has expired, in seconds. */
const recordedSeconds = 86_400

/** Telegram's record of one bot: its user, its pending updates, and its polling or webhook. */
export class BotAccount {
  #token: string
  /** The result of `getMe`. */
  me: UserFromGetMe
  readonly environment: Environment
  /** The observer of its webhook. */
  readonly observer: BotObserver
  readonly queue: EventQueue
  readonly conflicts: ConflictThrottle
  readonly poll: UpdatePoll
  /** The current webhook; `undefined` without one. */
  webhook: Webhook | undefined
  /** Rejects the call of `setWebhook` whose webhook is being verified. */
  verifying: ((error: Error) => void) | undefined
  /** The time from which `setWebhook` is accepted again, in milliseconds. */
  nextSetWebhookAt = Number.NEGATIVE_INFINITY
  /** The update types that the bot gets. */
  mask: UpdateMask = defaultMask
  /** The error that every call of the bot gets after `logOut` or `close`. */
  ended: Error | undefined
  /** The start of the account, as Unix time in milliseconds. */
  readonly startedAt: number
  readonly #recent: StoredEvent[] = []
  #collectAt: number

  constructor(options: {
    token: string
    me: UserFromGetMe
    environment: Environment
    observer: BotObserver
  }) {
    const { environment } = options
    this.#token = options.token
    this.me = options.me
    this.environment = environment
    this.observer = options.observer
    this.queue = new EventQueue(environment.random)
    this.conflicts = new ConflictThrottle(environment.clock)
    this.poll = new UpdatePoll({ ...environment, queue: this.queue, conflicts: this.conflicts })
    this.startedAt = environment.clock.now()
    this.#collectAt = this.startedAt + firstCollectMs
  }

  /** The token with which the bot's program calls the Bot API. */
  get token(): string {
    return this.#token
  }

  /**
   * Replaces the token. The session of the former one ends as with `logOut`: Telegram's server forgets its
   * webhook and its updates.
   */
  replaceToken(token: string): void {
    this.#token = token
    this.ended = undefined
    this.webhook?.close()
    this.webhook = undefined
    const error = new CallError(401, "Unauthorized")
    this.verifying?.(error)
    this.poll.close(error)
    this.queue.keepLast(0)
  }

  /**
   * Adds an update to the queue. Returns `undefined` if the bot does not want its type, or its
   * queue is full.
   */
  push(type: string, payload: object, { isRecorded = false } = {}): StoredEvent | undefined {
    if (!allows(this.mask, type)) {
      this.observer.excluded(type, payload)
      return undefined
    }
    const now = unixTime(this.environment)
    const { expiresAt: byDate, subQueue } = lifetime(type, payload, now)
    const expiresAt = isRecorded && byDate <= now ? now + recordedSeconds : byDate
    const event = this.queue.push(`"${type}":${asciiJson(payload)}`, expiresAt, subQueue)
    if (event === undefined) return undefined
    this.#recent[event.id % maxRecent] = event
    this.observer.put(event)
    this.webhook?.wake()
    this.poll.updated()
    return event
  }

  /**
   * Delivers one of the last 1,000 updates again. Returns false if the update is not among them.
   */
  redeliver(updateId: number): boolean {
    const event = this.#recent[updateId % maxRecent]
    if (event?.id !== updateId) return false
    if (this.webhook === undefined) this.poll.repeat(event)
    else this.webhook.repeat(event)
    return true
  }

  /** The number of pending updates, including expired ones until the next collection. */
  get pendingCount(): number {
    const now = this.environment.clock.now()
    if (now >= this.#collectAt) {
      this.queue.collect(unixTime(this.environment))
      this.#collectAt = now + collectEveryMs
    }
    return this.queue.size
  }

  /** Applies a value of `allowed_updates`; ignores an invalid one. */
  allow(json: string | undefined): void {
    this.mask = parseAllowedUpdates(json) ?? this.mask
  }

  /** Ends polling and webhook, and rejects pending calls. */
  close(): void {
    this.webhook?.close()
    this.webhook = undefined
    const error = new Error("the simulator is closed")
    this.verifying?.(error)
    this.poll.close(error)
  }
}
