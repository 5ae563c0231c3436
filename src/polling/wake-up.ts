import { offAbort, onAbort } from "../ground/abort-listeners.js"
import { Timer } from "../ground/timer.js"

/** A wait that can be cut short from outside. */
export class WakeUp {
  #end: (() => void) | undefined

  /** Waits, at most `ms` milliseconds; {@link ring} and an abort of `signal` both end it at once. */
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

  /** Ends the wait, if there is one. */
  ring(): void {
    this.#end?.()
  }
}
