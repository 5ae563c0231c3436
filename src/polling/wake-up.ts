/** A wait that can be cut short from outside. */
export class WakeUp {
  #end: (() => void) | undefined

  /** Waits, at most `ms` milliseconds; {@link ring} and an abort of `signal` both end it at once. */
  wait(ms: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.resolve()
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer)
        signal.removeEventListener("abort", end)
        this.#end = undefined
        resolve()
      }
      const timer = setTimeout(end, ms)
      signal.addEventListener("abort", end, { once: true })
      this.#end = end
    })
  }

  /** Ends the wait, if there is one. */
  ring(): void {
    this.#end?.()
  }
}
