import { idleTimer, type Timer } from "../../ground/timer.js"
import type { Request } from "./set-aside-rows.js"
import type { UpdateStore } from "./update-store.js"

/** How often it is looked whether other processes have asked for something, in milliseconds. */
const lookEveryMs = 500

/** What a {@link Requests} tells. */
export interface RequestsOptions {
  /** Called with every look. */
  readonly looked: () => void
  /** Does what was asked for; rejects where that cannot be written. */
  readonly answer: (asked: readonly Request[]) => Promise<unknown>
}

/**
 * What other processes ask of a queue that this one works: to replay or to drop what was set aside.
 * They write it into the file, where it waits also while no process works the queue.
 */
export class Requests {
  readonly #store: UpdateStore
  readonly #options: RequestsOptions
  #seenVersion: number | undefined
  #timer: Timer | undefined

  constructor(store: UpdateStore, options: RequestsOptions) {
    this.#store = store
    this.#options = options
    this.#wait()
  }

  /** Looks no more. */
  close(): void {
    this.#timer?.stop()
    this.#timer = undefined
  }

  #wait(): void {
    this.#timer = idleTimer(() => void this.#lookAndWait(), lookEveryMs)
  }

  async #lookAndWait(): Promise<void> {
    const timer = this.#timer
    try {
      await this.#look()
    } catch {
      // What cannot be read or written now stays asked for, and is looked for again.
    }
    if (this.#timer === timer) this.#wait()
  }

  async #look(): Promise<void> {
    this.#options.looked()
    const version = this.#store.otherWrites()
    if (version === this.#seenVersion) return
    const asked = this.#store.requests()
    if (asked.length > 0) await this.#options.answer(asked)
    this.#seenVersion = version
  }
}
