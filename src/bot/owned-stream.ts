import type { ByteStream } from "../telegram/input-file.js"

/** A stream of any kind that can be read once, and destroyed whether it was read or not. */
export class OwnedStream implements AsyncIterable<Uint8Array> {
  readonly #stream: ByteStream
  #reader: ReadableStreamDefaultReader<Uint8Array> | undefined

  constructor(stream: ByteStream) {
    this.#stream = stream
  }

  /** Yields the chunks. Web streams are read with a reader, because not all runtimes can iterate them. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    const stream = this.#stream
    if (!("getReader" in stream)) return yield* stream
    const reader = (this.#reader = stream.getReader())
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      yield value
    }
  }

  /** Destroys the stream. Never rejects; does nothing for a stream that has ended. */
  async destroy(): Promise<void> {
    try {
      await this.#destroyStream()
    } catch {
      // A stream that fails while it is destroyed is destroyed nevertheless.
    }
  }

  async #destroyStream(): Promise<void> {
    const stream = this.#stream
    if ("getReader" in stream) {
      // A stream that another reader has locked belongs to that reader.
      if (this.#reader || !stream.locked) await (this.#reader ?? stream).cancel()
    } else if ("destroy" in stream && typeof stream.destroy === "function") stream.destroy()
    // Not awaited: a generator that waits for its next chunk returns only after that chunk.
    else if ("return" in stream && typeof stream.return === "function")
      void ignoreRejection(stream.return())
  }
}

async function ignoreRejection(returned: unknown): Promise<void> {
  await Promise.resolve(returned).catch(() => {})
}
