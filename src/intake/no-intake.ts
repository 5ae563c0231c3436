import type { Intake } from "./intake.js"

/** Receives nothing: for a process that handles what others receive. */
export class NoIntake implements Intake {
  /** Resolves after {@link finish}. */
  readonly ended: Promise<void>
  #close: () => void = () => {}

  constructor() {
    this.ended = new Promise((resolve) => (this.#close = resolve))
  }

  /** Does nothing. */
  async stopIntake(): Promise<void> {}

  /** Ends {@link ended}. */
  async finish(): Promise<void> {
    this.#close()
  }
}
