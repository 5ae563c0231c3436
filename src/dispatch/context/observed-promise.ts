/**
 * A promise that knows whether anything in the program waits for it. Its rejection ends no process:
 * where nothing waits, the update's handling does, and reports the error.
 */
export class ObservedPromise<T> extends Promise<T> {
  /** The promises that `then` makes are ordinary ones. */
  static override get [Symbol.species](): PromiseConstructor {
    return Promise
  }

  #isObserved = false

  /** Wraps a promise. */
  static around<T>(promise: PromiseLike<T>): ObservedPromise<T> {
    const observed = new ObservedPromise<T>((resolve) => resolve(promise))
    observed.#ignoreRejection()
    return observed
  }

  /** Whether `then`, `catch` or `finally` was called, as `await` does. */
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

  /** Resolves when the promise has settled. Rejects only where nothing in the program waits for it. */
  async settled(): Promise<void> {
    await super.then(undefined, (error: unknown) => {
      if (!this.#isObserved) throw error
    })
  }

  #ignoreRejection(): void {
    void super.then(undefined, () => {})
  }
}
