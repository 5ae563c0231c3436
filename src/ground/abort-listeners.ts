/** A function to call when a signal aborts. */
export type AbortListener = () => void

const listenersOf = new WeakMap<AbortSignal, AbortListeners>()

/**
 * Calls `listener` once when `signal` aborts, unless {@link offAbort} was called before. The signal must
 * not have aborted yet.
 *
 * All functions passed to `onAbort` share one event listener per signal: Node warns of a memory leak at the
 * eleventh event listener, and one handler may make thirty calls with its `ctx.signal`.
 */
export function onAbort(signal: AbortSignal, listener: AbortListener): void {
  let listeners = listenersOf.get(signal)
  if (!listeners) listenersOf.set(signal, (listeners = new AbortListeners(signal)))
  listeners.add(listener)
}

/** Removes a listener that {@link onAbort} has added; does nothing after the abort. */
export function offAbort(signal: AbortSignal, listener: AbortListener): void {
  listenersOf.get(signal)?.delete(listener)
}

/** The listeners of one signal. Without listeners the signal holds no reference to this object. */
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
