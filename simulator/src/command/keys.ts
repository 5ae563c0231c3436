import type { ReadStream } from "node:tty"

/** A key of the terminal, with its meaning. */
export interface Key {
  /** The character of the key. */
  readonly key: string
  /** The effect in a few words, for the help. */
  readonly meaning: string
  /** Is called when the key is pressed. */
  readonly press: () => void
}

/** Returns the help of keys, in two columns. */
export function keysHelp(keys: readonly Key[]): string {
  const cells = keys.map(({ key, meaning }) => `${key}  ${meaning}`)
  const width = Math.max(...cells.map(({ length }) => length))
  const lines = cells
    .filter((_, index) => index % 2 === 0)
    .map((left, row) => `  ${left.padEnd(width)}    ${cells[2 * row + 1] ?? ""}`.trimEnd())
  return `${lines.join("\n")}\n`
}

/** The keys of a terminal, read one by one. Without a terminal, no keys are read. */
export class KeyReader implements Disposable {
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
