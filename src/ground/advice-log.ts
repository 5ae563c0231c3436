/** The maximum number of logged mistakes, which bounds the memory. Later mistakes are not logged. */
const maxLogged = 1_000

/** A log that tells the developer of a program about mistakes in it, each mistake once. */
export class AdviceLog {
  readonly #warn: (message: string) => void
  /** The keys of the logged mistakes. */
  readonly #logged = new Set<string>()

  constructor(warn: (message: string) => void) {
    this.#warn = warn
  }

  /**
   * Logs a mistake as a warning, unless a mistake with the same key was logged before.
   *
   * @param key distinguishes mistakes whose messages differ each time. Default: the message.
   */
  warnOnce(message: string, key = message): void {
    if (this.#logged.has(key) || this.#logged.size >= maxLogged) return
    this.#logged.add(key)
    this.#warn(message)
  }
}
