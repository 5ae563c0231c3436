/** The maximum number of logged mistakes; further ones are dropped. */
const rememberedAtMost = 1_000

/** The warnings about mistakes in a program; each is logged once. */
export class Advice {
  readonly #warn: (message: string) => void
  readonly #told = new Set<string>()

  constructor(warn: (message: string) => void) {
    this.#warn = warn
  }

  /** Logs a mistake, unless a mistake with the same key was logged before. */
  tell(message: string, key = message): void {
    if (this.#told.has(key) || this.#told.size >= rememberedAtMost) return
    this.#told.add(key)
    this.#warn(message)
  }
}
