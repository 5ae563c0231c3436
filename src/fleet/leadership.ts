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
  readonly #renewed: (isLeader: boolean) => void
  #leadsUntilMs = -Infinity
  #timer: Timer | undefined
  #renewal: Promise<void> = Promise.resolve()
  #isStopped = false

  /** @param renewed called after each renewal */
  constructor(store: BotStore, renewed: (isLeader: boolean) => void) {
    this.#store = store
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
      this.#renewed(this.#isLeader)
    })
    return this.#renewal
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
