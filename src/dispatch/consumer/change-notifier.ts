/** A notifier of changes in a consumer: any number of callers can wait for the next change. */
export class ChangeNotifier {
  #waiting: (() => void)[] = []

  /** Resolves at the next change. */
  next(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  /** Resolves the promises of all waiting callers. */
  notify(): void {
    if (this.#waiting.length === 0) return
    const waiting = this.#waiting
    this.#waiting = []
    for (const resolve of waiting) resolve()
  }
}
