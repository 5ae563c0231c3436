/** A function that is called with the error of a promise that the program does not await. */
type Unawaited = (error: unknown) => void

/**
 * A promise that records whether the program awaits it. Its rejection never becomes an unhandled rejection,
 * which would end the process. {@link settled} rejects if the program does not await the promise, and
 * a function given to {@link around} is called, so that the error is reported.
 */
export class ObservedPromise<T> extends Promise<T> {
  /** The class of the promises that `then` returns: they are ordinary ones. */
  static override get [Symbol.species](): PromiseConstructor {
    return Promise
  }

  #isObserved = false

  /**
   * Returns an observed promise with the result of another one.
   *
   * @param onUnawaited called with the error after a rejection that nothing awaits at the end of the turn
   *   of the event loop. Default: no function.
   */
  static around<T>(promise: PromiseLike<T>, onUnawaited?: Unawaited): ObservedPromise<T> {
    const observed = new ObservedPromise<T>((resolve) => resolve(promise))
    observed.#bearRejection(onUnawaited)
    return observed
  }

  /** Whether `then`, `catch` or `finally` was called. `await` calls `then`. */
  get isObserved(): boolean {
    return this.#isObserved
  }

  // oxlint-disable-next-line unicorn/no-thenable -- it is a promise
  override then<A = T, B = never>(
    onFulfilled?: ((value: T) => A | PromiseLike<A>) | null,
    onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    this.#isObserved = true
    return super.then(onFulfilled, onRejected)
  }

  /** Resolves when the promise has settled. Rejects with its error if the program does not await it. */
  async settled(): Promise<void> {
    await super.then(undefined, (error: unknown) => {
      if (!this.#isObserved) throw error
    })
  }

  #bearRejection(onUnawaited: Unawaited | undefined): void {
    void super.then(undefined, (error: unknown) => {
      if (!onUnawaited || this.#isObserved) return
      // The program may still call `then` in this turn of the event loop.
      setTimeout(() => {
        if (!this.#isObserved) onUnawaited(error)
      })
    })
  }
}
