import type { Intake } from "./intake.js"

/** An intake that receives no updates, for a process that handles the updates other processes receive. */
export class NoIntake implements Intake {
  /** Resolves after {@link finish}. */
  readonly ended: Promise<void>
  #onFinished: () => void = () => {}

  constructor() {
    this.ended = new Promise((resolve) => (this.#onFinished = resolve))
  }

  /** Does nothing. */
  async stopIntake(): Promise<void> {}

  /** Resolves {@link ended}. */
  async finish(): Promise<void> {
    this.#onFinished()
  }
}
