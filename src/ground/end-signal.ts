/** A wait for the first SIGINT or SIGTERM; a second signal ends the process as it does by default. */
export class EndSignal implements Disposable {
  /** Resolves at the first SIGINT or SIGTERM. */
  readonly received: Promise<void>
  #stopListening = () => {}

  constructor() {
    this.received = new Promise((resolve) => {
      const receive = () => {
        this.#stopListening()
        resolve()
      }
      this.#stopListening = () => {
        process.off("SIGINT", receive)
        process.off("SIGTERM", receive)
      }
      process.once("SIGINT", receive)
      process.once("SIGTERM", receive)
    })
  }

  /** Removes the listeners of both signals. */
  [Symbol.dispose](): void {
    this.#stopListening()
  }
}
