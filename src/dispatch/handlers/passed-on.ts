/**
 * What `next()` answers: the promise of the handlers it passed the update on to. It knows whether
 * anybody looks at it, so that an error is reported also where nobody awaits it.
 */
export class PassedOn implements Promise<void> {
  readonly [Symbol.toStringTag] = "PassedOn"
  readonly #promise: Promise<void>
  #isObserved = false

  constructor(promise: Promise<void>) {
    this.#promise = promise
    promise.catch(() => {})
  }

  // oxlint-disable-next-line unicorn/no-thenable -- it stands for a promise, and is awaited as one
  then<A = void, B = never>(
    onFulfilled?: ((value: void) => A | PromiseLike<A>) | null,
    onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    this.#isObserved = true
    return this.#promise.then(onFulfilled, onRejected)
  }

  catch<B = never>(
    onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<void | B> {
    return this.then(undefined, onRejected)
  }

  finally(onFinally?: (() => void) | null): Promise<void> {
    this.#isObserved = true
    return this.#promise.finally(onFinally)
  }

  /** Waits for the end. Rejects only where nobody else sees the error. */
  async settled(): Promise<void> {
    try {
      await this.#promise
    } catch (error) {
      if (!this.#isObserved) throw error
    }
  }
}
