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

/**
 * The listeners of one signal. Without listeners the signal holds no reference to this object.
 *
 * A lone listener is kept outside of a `Set`: V8 keeps the memory of a `Set` that many short-lived listeners enter and
 * leave, with all that the listeners refer to, until a full garbage collection (docs/decisions/0024-garbage.md).
 */
class AbortListeners {
  readonly #signal: AbortSignal
  #only: AbortListener | undefined
  /** All listeners if there are several, otherwise `undefined`. */
  #all: Set<AbortListener> | undefined

  constructor(signal: AbortSignal) {
    this.#signal = signal
  }

  add(listener: AbortListener): void {
    if (this.#all) this.#all.add(listener)
    else if (this.#only) {
      this.#all = new Set([this.#only, listener])
      this.#only = undefined
    } else {
      this.#only = listener
      this.#signal.addEventListener("abort", this, { once: true })
    }
  }

  delete(listener: AbortListener): void {
    if (this.#only === listener) this.#only = undefined
    else if (!this.#all?.delete(listener) || this.#all.size > 0) return
    this.#all = undefined
    this.#signal.removeEventListener("abort", this)
  }

  handleEvent(): void {
    const all = this.#only ? [this.#only] : [...(this.#all ?? [])]
    this.#only = undefined
    this.#all = undefined
    for (const listener of all) listener()
  }
}
