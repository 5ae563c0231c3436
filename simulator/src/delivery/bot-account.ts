import type { UserFromGetMe } from "@grammyjs/types"
import { allows, defaultMask, parseAllowedUpdates, type UpdateMask } from "./allowed-updates.js"
import { asciiJson } from "../ground/ascii-json.js"
import { EventQueue, type StoredEvent } from "./event-queue.js"
import { lifetime } from "./lifetimes.js"
import type { Webhook } from "./webhook.js"
import { unixTime, type Environment } from "../ground/environment.js"
import type { BotObserver } from "./bot-observer.js"
import { ConflictThrottle } from "./conflict-throttle.js"
import { UpdatePoll } from "./update-poll.js"

const collectEveryMs = 60_000
const firstCollectMs = 600_000
const remembered = 1000
const recordedSeconds = 86_400

/** Telegram's record of one bot: its user, its waiting updates, and its way of receiving. */
export class BotAccount {
  readonly token: string
  /** The result of `getMe`. */
  me: UserFromGetMe
  readonly environment: Environment
  /** The observer of its webhook. */
  readonly observer: BotObserver
  readonly queue: EventQueue
  readonly conflicts: ConflictThrottle
  readonly poll: UpdatePoll
  /** The webhook that is set. */
  webhook: Webhook | undefined
  /** Ends the call of `setWebhook` that is being verified. */
  verifying: ((error: Error) => void) | undefined
  /** When `setWebhook` is next accepted, in milliseconds. */
  nextSetWebhookAt = Number.NEGATIVE_INFINITY
  /** Which types of update it gets. */
  mask: UpdateMask = defaultMask
  /** The error that answers its calls after `logOut` or `close`. */
  ended: Error | undefined
  /** Unix time in milliseconds. */
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
    this.token = options.token
    this.me = options.me
    this.environment = environment
    this.observer = options.observer
    this.queue = new EventQueue(environment.random)
    this.conflicts = new ConflictThrottle(environment.clock)
    this.poll = new UpdatePoll({ ...environment, queue: this.queue, conflicts: this.conflicts })
    this.startedAt = environment.clock.now()
    this.#collectAt = this.startedAt + firstCollectMs
  }

  /** Adds an update; `undefined` where the bot does not want it, or has no room for it. */
  push(type: string, payload: object, { isRecorded = false } = {}): StoredEvent | undefined {
    if (!allows(this.mask, type)) return undefined
    const now = unixTime(this.environment)
    const { expiresAt: byDate, subQueue } = lifetime(type, payload, now)
    const expiresAt = isRecorded && byDate <= now ? now + recordedSeconds : byDate
    const event = this.queue.push(`"${type}":${asciiJson(payload)}`, expiresAt, subQueue)
    if (event === undefined) return undefined
    this.#recent[event.id % remembered] = event
    this.observer.put(event)
    this.webhook?.wake()
    this.poll.updated()
    return event
  }

  /** One of the last 1,000 updates comes again; false for any other. */
  redeliver(updateId: number): boolean {
    const event = this.#recent[updateId % remembered]
    if (event?.id !== updateId) return false
    if (this.webhook === undefined) this.poll.repeat(event)
    else this.webhook.repeat(event)
    return true
  }

  /** The number of waiting updates; expired ones count until they are collected. */
  get pendingCount(): number {
    const now = this.environment.clock.now()
    if (now >= this.#collectAt) {
      this.queue.collect(unixTime(this.environment))
      this.#collectAt = now + collectEveryMs
    }
    return this.queue.size
  }

  /** Applies a value of `allowed_updates`, if it is one. */
  allow(json: string | undefined): void {
    this.mask = parseAllowedUpdates(json) ?? this.mask
  }

  /** Ends everything that waits. */
  close(): void {
    this.webhook?.close()
    this.webhook = undefined
    const error = new Error("the simulator is closed")
    this.verifying?.(error)
    this.poll.close(error)
  }
}
