/** A function that is called with the error of a promise that the program does not await. */
type OnUnawaited = (error: unknown) => void

/**
 * A promise that records whether the program awaits it. Its rejection never becomes an unhandled rejection,
 * which would end the process. If the program does not await the promise, {@link settled} rejects and the
 * function passed to {@link around} is called, so that the error is reported.
 */
export class ObservedPromise<T> extends Promise<T> {
  /** The class of the promises that `then` returns: ordinary promises, which are not observed. */
  static override get [Symbol.species](): PromiseConstructor {
    return Promise
  }

  #isObserved = false

  /**
   * Returns an observed promise that settles as another promise does.
   *
   * @param onUnawaited called with the error of a rejection, if the program does not await the promise by the
   *   next turn of the event loop. Default: no function.
   */
  static around<T>(promise: PromiseLike<T>, onUnawaited?: OnUnawaited): ObservedPromise<T> {
    const observed = new ObservedPromise<T>((resolve) => resolve(promise))
    observed.#handleRejection(onUnawaited)
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

  #handleRejection(onUnawaited: OnUnawaited | undefined): void {
    void super.then(undefined, (error: unknown) => {
      if (!onUnawaited || this.#isObserved) return
      // Code that gets the promise in this turn of the event loop may still await it.
      setTimeout(() => {
        if (!this.#isObserved) onUnawaited(error)
      })
    })
  }
}
