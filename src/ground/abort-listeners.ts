/** A function to call when a signal aborts. */
export type AbortListener = () => void

const listenersOf = new WeakMap<AbortSignal, AbortListeners>()

/**
 * Calls `listener` once when `signal` aborts, unless {@link offAbort} was called before. For a signal
 * that has not aborted yet.
 *
 * All listeners of a signal share one of the signal's own, because Node warns of a leak from the
 * eleventh: a handler may well make thirty calls with its `ctx.signal`.
 */
export function onAbort(signal: AbortSignal, listener: AbortListener): void {
  let listeners = listenersOf.get(signal)
  if (!listeners) listenersOf.set(signal, (listeners = new AbortListeners(signal)))
  listeners.add(listener)
}

/** Forgets a listener. */
export function offAbort(signal: AbortSignal, listener: AbortListener): void {
  listenersOf.get(signal)?.delete(listener)
}

/** The listeners of one signal. Listens to it only while there are any, so that it can be collected. */
class AbortListeners {
  readonly #signal: AbortSignal
  readonly #listeners = new Set<AbortListener>()

  constructor(signal: AbortSignal) {
    this.#signal = signal
  }

  add(listener: AbortListener): void {
    if (this.#listeners.size === 0) this.#signal.addEventListener("abort", this, { once: true })
    this.#listeners.add(listener)
  }

  delete(listener: AbortListener): void {
    if (!this.#listeners.delete(listener) || this.#listeners.size > 0) return
    this.#signal.removeEventListener("abort", this)
  }

  handleEvent(): void {
    const all = [...this.#listeners]
    this.#listeners.clear()
    for (const listener of all) listener()
  }
}
