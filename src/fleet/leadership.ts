import { errorText } from "../ground/error-text.js"
import type { Logger } from "../ground/logger.js"
import { idleTimer, type Timer } from "../ground/timer.js"
import type { BotStore } from "./store/index.js"

/** The time for which a machine leads without a renewal, and the time between two renewals, in milliseconds. */
const [leaseMs, renewEveryMs] = [5_000, 1_000] as const

/**
 * The leadership among the machines of a fleet: one of them registers the webhooks of all bots, or polls. Another one
 * takes over within five seconds if the leader dies or cannot reach the store.
 */
export class Leadership {
  readonly #machine = crypto.randomUUID()
  readonly #store: BotStore
  readonly #logger: Logger
  readonly #renewed: (isLeader: boolean) => void
  #leadsUntilMs = -Infinity
  #timer: Timer | undefined
  /** The timer of the end of the lease. */
  #end: Timer | undefined
  #renewal: Promise<void> = Promise.resolve()
  #isStopped = false

  /** @param renewed called after each renewal, and at the end of a lease that was not renewed */
  constructor(store: BotStore, logger: Logger, renewed: (isLeader: boolean) => void) {
    this.#store = store
    this.#logger = logger
    this.#renewed = renewed
  }

  /** Tries to lead. Resolves with true if this machine leads. */
  async start(): Promise<boolean> {
    this.#isStopped = false
    await this.#renew()
    return this.#isLeader
  }

  /** Lets another machine lead at once. */
  async stop(): Promise<void> {
    this.#isStopped = true
    this.#timer?.stop()
    this.#end?.stop()
    await this.#renewal
    this.#leadsUntilMs = -Infinity
    // If the store cannot be reached, the leadership ends by itself.
    await this.#store.resign(this.#machine).catch(() => {})
  }

  get #isLeader(): boolean {
    return performance.now() < this.#leadsUntilMs
  }

  #renew(): Promise<void> {
    this.#renewal = this.#tryToLead().then(() => {
      if (this.#isStopped) return
      this.#timer = idleTimer(() => void this.#renew(), renewEveryMs)
      this.#report()
    })
    return this.#renewal
  }

  /** Reports whether this machine leads, and again at the end of its lease: a call of the store may hang for longer. */
  #report(): void {
    const isLeader = this.#isLeader
    this.#end?.stop()
    this.#end = isLeader
      ? idleTimer(() => this.#report(), this.#leadsUntilMs - performance.now())
      : undefined
    try {
      this.#renewed(isLeader)
    } catch (error) {
      // The renewals have to go on, and an exception of a timer would end the process.
      this.#logger.error(`The leadership of the fleet could not be used: ${errorText(error)}`)
    }
  }

  async #tryToLead(): Promise<void> {
    const askedAtMs = performance.now()
    try {
      const isLeader = await this.#store.lead(this.#machine, leaseMs)
      this.#leadsUntilMs = isLeader ? askedAtMs + leaseMs : -Infinity
    } catch {
      // The leadership ends by itself if the store stays away. `StoreReader` logs the failure.
    }
  }
}
