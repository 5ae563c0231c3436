import { describeValue } from "../ground/expect-option.js"
import { offAbort, onAbort } from "../ground/abort-listeners.js"
import { sleep } from "../ground/sleep.js"
import { Timer } from "../ground/timer.js"
import type { StreamSource } from "./stream-options.js"

/** The end of a source: all pieces, an abort of the handler, or an error. */
export type SourceEnd =
  | { readonly kind: "complete" }
  | { readonly kind: "aborted"; readonly reason: unknown }
  | { readonly kind: "failed"; readonly error: unknown }

/** The number of pieces after which the reader lets other work of the process run. */
const piecesAtOnce = 256

/** A reader that reads a source to its end, and keeps the text so far. */
export class SourceReader {
  readonly #controller = new AbortController()
  readonly #signal: AbortSignal
  readonly #onAbort = () => this.#end({ kind: "aborted", reason: this.#signal.reason })
  #text = ""
  #ending: SourceEnd | undefined
  #iterator: AsyncIterator<unknown> | undefined
  #wake: ((isPiece: boolean) => void) | undefined

  /**
   * @param signal ends the reading
   */
  constructor(source: StreamSource, signal: AbortSignal) {
    this.#signal = signal
    if (signal.aborted) {
      discard(source)
      this.#onAbort()
    } else {
      onAbort(signal, this.#onAbort)
      void this.#read(source)
    }
  }

  /** The text so far. */
  get text(): string {
    return this.#text
  }

  /** The end of the source; `undefined` while it is read. */
  get ending(): SourceEnd | undefined {
    return this.#ending
  }

  /** Ends the reading with an error. Does nothing after the end. */
  fail(error: unknown): void {
    this.#end({ kind: "failed", error })
  }

  /**
   * Resolves after `ms`, at the end of the source, or, with `forPiece`, when the next piece arrives.
   *
   * @param ms the longest time, in milliseconds; `Infinity` for no limit
   */
  wait(ms: number, { forPiece }: { readonly forPiece: boolean }): Promise<void> {
    if (this.#ending) return Promise.resolve()
    return new Promise((resolve) => {
      const end = () => {
        this.#wake = undefined
        resolve()
      }
      const timer = new Timer(end, ms)
      this.#wake = (isPiece) => {
        if (isPiece && !forPiece) return
        timer.stop()
        end()
      }
    })
  }

  /** Reads the source. Never rejects. */
  async #read(source: StreamSource): Promise<void> {
    try {
      const { signal } = this.#controller
      const pieces = typeof source === "function" ? await source(signal) : source
      const iterator = (this.#iterator = iteratorOf(pieces))
      if (this.#ending) return this.#return()
      for (let count = 1; ; count += 1) {
        const { done, value } = await iterator.next()
        if (this.#ending) return
        if (done === true) return this.#end({ kind: "complete" })
        this.#add(value)
        // A source whose pieces are all ready would otherwise block the process until its end.
        if (count % piecesAtOnce === 0) await sleep(0)
      }
    } catch (error) {
      this.#end({ kind: "failed", error })
    }
  }

  #add(piece: unknown): void {
    if (typeof piece !== "string") {
      throw new TypeError(
        `Expected each piece of the stream to be a string, got ${describeValue(piece)}: pass an iterable of the texts.`,
      )
    }
    if (piece === "") return
    this.#text += piece
    this.#wake?.(true)
  }

  #end(ending: SourceEnd): void {
    if (this.#ending) return
    this.#ending = ending
    offAbort(this.#signal, this.#onAbort)
    if (ending.kind !== "complete") {
      this.#controller.abort(ending.kind === "aborted" ? ending.reason : ending.error)
      this.#return()
    }
    this.#wake?.(false)
  }

  /**
   * Tells the source that no further piece is read. A source that is waiting for its own next piece notices
   * only afterwards.
   */
  #return(): void {
    const iterator = this.#iterator
    this.#iterator = undefined
    // The stream has ended, so an error of the source concerns no one.
    void (async () => iterator?.return?.())().catch(() => {})
  }
}

/** Tells a source that it is not read at all. */
export function discard(source: StreamSource): void {
  if (typeof source === "function") return
  void (async () => iteratorOf(source).return?.())().catch(() => {})
}

function iteratorOf(pieces: unknown): AsyncIterator<unknown> {
  const isObject = typeof pieces === "object" && pieces !== null
  if (isObject && Symbol.asyncIterator in pieces) {
    // The pieces are checked one by one.
    return (pieces as AsyncIterable<unknown>)[Symbol.asyncIterator]()
  }
  throw new TypeError(
    `Expected the pieces of the stream to be an async iterable, got ${describeValue(pieces)}.`,
  )
}
