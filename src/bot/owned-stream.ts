import type { ByteStream } from "../telegram/input-file.js"

/** A stream of any kind that is read once and destroyed afterwards, also if it was never read. */
export class OwnedStream implements AsyncIterable<Uint8Array> {
  readonly #stream: ByteStream
  #reader: ReadableStreamDefaultReader<Uint8Array> | undefined

  constructor(stream: ByteStream) {
    this.#stream = stream
  }

  /** The pieces. Web streams are not iterable in every runtime, so they are read by hand. */
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

  /** Ends the stream and frees what it holds. Never rejects; does nothing for one that has ended. */
  async destroy(): Promise<void> {
    try {
      await this.#end()
    } catch {
      // A stream that fails while it ends has ended.
    }
  }

  async #end(): Promise<void> {
    const stream = this.#stream
    if ("getReader" in stream) {
      // One that somebody else reads is theirs.
      if (this.#reader || !stream.locked) await (this.#reader ?? stream).cancel()
    } else if ("destroy" in stream && typeof stream.destroy === "function") stream.destroy()
    // A generator that waits returns only when it goes on: nobody waits for that.
    else if ("return" in stream && typeof stream.return === "function") void end(stream.return())
  }
}

async function end(returned: unknown): Promise<void> {
  await Promise.resolve(returned).catch(() => {})
}
