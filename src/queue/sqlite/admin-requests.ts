import { idleTimer, type Timer } from "../../ground/timer.js"
import type { AdminRequest } from "./set-aside-rows.js"
import type { UpdateStore } from "./update-store.js"

/** The time between two checks for requests of other processes, in milliseconds. */
const checkEveryMs = 500

/** The callbacks of {@link AdminRequests}. */
export interface AdminRequestsOptions {
  /** Called before each check. */
  readonly beforeCheck: () => void
  /** Carries out requests. Rejects if the result cannot be written. */
  readonly carryOut: (requests: readonly AdminRequest[]) => Promise<unknown>
}

/**
 * The requests of other processes to replay or to drop an update that was set aside. Another process
 * writes a request into the queue's file, and the process that runs the queue carries the request out.
 * A request also waits in the file while no process runs the queue.
 */
export class AdminRequests {
  readonly #store: UpdateStore
  readonly #options: AdminRequestsOptions
  /**
   * The file's data version at the last successful check. While the version is the same, no other
   * process has written a request.
   */
  #seenVersion: number | undefined
  #timer: Timer | undefined

  constructor(store: UpdateStore, options: AdminRequestsOptions) {
    this.#store = store
    this.#options = options
    this.#scheduleCheck()
  }

  /** Stops checking. */
  close(): void {
    this.#timer?.stop()
    this.#timer = undefined
  }

  #scheduleCheck(): void {
    this.#timer = idleTimer(() => void this.#checkAndWait(), checkEveryMs)
  }

  async #checkAndWait(): Promise<void> {
    const timer = this.#timer
    try {
      await this.#check()
    } catch {
      // The request stays in the file and is tried again at the next check.
    }
    if (this.#timer === timer) this.#scheduleCheck()
  }

  async #check(): Promise<void> {
    this.#options.beforeCheck()
    const version = this.#store.dataVersion()
    if (version === this.#seenVersion) return
    const requests = this.#store.requests()
    if (requests.length > 0) await this.#options.carryOut(requests)
    this.#seenVersion = version
  }
}
