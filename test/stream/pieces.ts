import { deferred } from "../support/waiting.js"

/** A source whose pieces a test gives one by one. */
export class Pieces implements AsyncIterable<string> {
  readonly #pieces: string[] = []
  #news = deferred()
  readonly #returned = deferred()
  #end: { readonly error?: Error } | undefined
  /** The number of pieces that were read. */
  read = 0

  /** Resolves when the reader has told the source that it reads no further piece. */
  get returned(): Promise<void> {
    return this.#returned.promise
  }

  /** Gives a piece. */
  give(...pieces: string[]): void {
    this.#pieces.push(...pieces)
    this.#wake()
  }

  /** Ends the source, after the pieces that were given. */
  end(error?: Error): void {
    this.#end = error ? { error } : {}
    this.#wake()
  }

  [Symbol.asyncIterator](): AsyncIterator<string> {
    return {
      next: () => this.#next(),
      return: async () => {
        this.#returned.resolve()
        return { done: true, value: undefined }
      },
    }
  }

  async #next(): Promise<IteratorResult<string>> {
    for (;;) {
      const value = this.#pieces.shift()
      if (value !== undefined) {
        this.read += 1
        return { done: false, value }
      }
      if (this.#end?.error) throw this.#end.error
      if (this.#end) return { done: true, value: undefined }
      await this.#news.promise
    }
  }

  #wake(): void {
    this.#news.resolve()
    this.#news = deferred()
  }
}

/** A source that gives its pieces at once. */
export async function* at(...pieces: string[]): AsyncGenerator<string> {
  yield* pieces
}
