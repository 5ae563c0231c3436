import { offAbort, onAbort } from "../ground/abort-listeners.js"
import { Timer } from "../ground/timer.js"

/** A wait that can be ended early. At most one wait is pending at a time. */
export class WakeUp {
  #end: (() => void) | undefined

  /**
   * Resolves after `ms` milliseconds, or earlier at {@link ring} or an abort of `signal`. Never rejects.
   */
  wait(ms: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.resolve()
    return new Promise((resolve) => {
      const end = () => {
        timer.stop()
        offAbort(signal, end)
        this.#end = undefined
        resolve()
      }
      const timer = new Timer(end, ms)
      onAbort(signal, end)
      this.#end = end
    })
  }

  /** Ends the pending wait, if there is one. */
  ring(): void {
    this.#end?.()
  }
}
