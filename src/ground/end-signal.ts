/** A wait for the first SIGINT or SIGTERM; a second signal ends the process as it does by default. */
export class EndSignal implements Disposable {
  /** Resolves when the process is told to end. */
  readonly received: Promise<void>
  #forget = () => {}

  constructor() {
    this.received = new Promise((resolve) => {
      const receive = () => {
        this.#forget()
        resolve()
      }
      this.#forget = () => {
        process.off("SIGINT", receive)
        process.off("SIGTERM", receive)
      }
      process.once("SIGINT", receive)
      process.once("SIGTERM", receive)
    })
  }

  /** Stops listening. */
  [Symbol.dispose](): void {
    this.#forget()
  }
}
