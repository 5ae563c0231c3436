/** At most so many mistakes are remembered, so that a program with endless places fills no memory. */
const rememberedAtMost = 1_000

/** Tells a developer of mistakes, each once. */
export class Advice {
  readonly #warn: (message: string) => void
  readonly #told = new Set<string>()

  constructor(warn: (message: string) => void) {
    this.#warn = warn
  }

  /** Tells of a mistake, unless it was told. */
  tell(message: string, key = message): void {
    if (this.#told.has(key) || this.#told.size >= rememberedAtMost) return
    this.#told.add(key)
    this.#warn(message)
  }
}
