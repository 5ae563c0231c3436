import { idleTimer, type Timer } from "../../ground/timer.js"
import type { StoredPlace } from "./update-rows.js"
import type { UpdateStore } from "./update-store.js"

/** How often it is looked whether other processes have asked for something, in milliseconds. */
const lookEveryMs = 500

/**
 * What other processes ask of a queue that this one works: to replay or to drop what was set aside.
 * They write it into the file, where it waits also while no process works the queue.
 */
export class Requests {
  readonly #store: UpdateStore
  readonly #replayed: (places: readonly StoredPlace[]) => void
  #seenVersion: number | undefined
  #timer: Timer | undefined

  /** @param replayed called with the places of what was replayed */
  constructor(store: UpdateStore, replayed: (places: readonly StoredPlace[]) => void) {
    this.#store = store
    this.#replayed = replayed
    this.#wait()
  }

  /** Looks no more. */
  close(): void {
    this.#timer?.stop()
  }

  #wait(): void {
    this.#timer = idleTimer(() => {
      this.#look()
      this.#wait()
    }, lookEveryMs)
  }

  #look(): void {
    try {
      const version = this.#store.otherWrites()
      if (version === this.#seenVersion) return
      this.#replayed(this.#store.answerRequests(Date.now()))
      this.#seenVersion = version
    } catch {
      // What cannot be read or written now stays asked for, and is looked for again.
    }
  }
}
