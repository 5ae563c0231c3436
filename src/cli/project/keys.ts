import type { ReadStream } from "node:tty"

/** The keys of a terminal, read one by one. Without a terminal, no keys are read. */
export class Keys implements Disposable {
  readonly #input: ReadStream
  readonly #read: (data: Buffer) => void

  /** @param onKey called with each key; Ctrl+C is "\u0003" */
  constructor(onKey: (key: string) => void, input: ReadStream = process.stdin) {
    this.#input = input
    this.#read = (data) => {
      for (const key of data.toString("utf8")) onKey(key)
    }
    if (!input.isTTY) return
    input.setRawMode(true).resume().on("data", this.#read)
  }

  /** Restores the terminal. */
  [Symbol.dispose](): void {
    if (!this.#input.isTTY) return
    this.#input.off("data", this.#read).setRawMode(false).pause()
  }
}
