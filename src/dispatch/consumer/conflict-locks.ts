import type { OutsideWrite } from "../context/outside-write.js"
import { type StateKey, type StateWrite, stateKeyText } from "../../queue/state-store.js"

/**
 * Locks of the values whose writes have conflicted. An update is handled again under the lock of its value;
 * other updates of the process do not commit a write of the value meanwhile. Without locks, a slow handler
 * would conflict with faster handlers again and again.
 */
export class ConflictLocks {
  /**
   * The release of the last requested lock of each value. Entries are removed when no lock is held or
   * requested.
   */
  readonly #last = new Map<string, Promise<void>>()

  /**
   * Resolves when the locks of the values of these writes are released. Returns `undefined` if none is
   * locked.
   */
  whenReleased(
    writes: readonly StateWrite[],
    outside: readonly OutsideWrite[] = [],
  ): Promise<unknown> | undefined {
    if (this.#last.size === 0) return undefined
    const releases = [...writes, ...outside].flatMap((write) =>
      "key" in write ? (this.#last.get(stateKeyText(write.key)) ?? []) : [],
    )
    return releases.length === 0 ? undefined : Promise.all(releases)
  }

  /** Waits for the lock of a value. Resolves with the function that releases the lock. */
  async acquire(key: StateKey): Promise<() => void> {
    const text = stateKeyText(key)
    const before = this.#last.get(text)
    let release = () => {}
    const released = new Promise<void>((resolve) => (release = resolve))
    this.#last.set(text, released)
    await before
    return () => {
      if (this.#last.get(text) === released) this.#last.delete(text)
      release()
    }
  }
}
