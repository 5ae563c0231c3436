import { open } from "node:fs/promises"
import { errorCode } from "../ground/error-text.js"

/** The interval of the check, in milliseconds. */
const everyMs = 1000

/**
 * A periodic check whether the process has a free file descriptor. Without one, the system accepts and
 * closes each new connection, also Telegram's, and Node reports nothing.
 */
export class DescriptorWatch {
  readonly #onNoneFree: () => void
  readonly #timer: NodeJS.Timeout
  #work: Promise<void> | undefined

  /** @param onNoneFree called once per second while no descriptor is free */
  constructor(onNoneFree: () => void) {
    this.#onNoneFree = onNoneFree
    this.#timer = setInterval(() => this.#check(), everyMs).unref()
  }

  /** Stops the check. Resolves when no file of the check is open. */
  async stop(): Promise<void> {
    clearInterval(this.#timer)
    await this.#work
  }

  #check(): void {
    this.#work ??= this.#openOne().finally(() => (this.#work = undefined))
  }

  async #openOne(): Promise<void> {
    try {
      const file = await open("/dev/null")
      await file.close()
    } catch (error) {
      if (isOutOfDescriptors(error)) this.#onNoneFree()
    }
  }
}

/** Returns true for the errors `EMFILE` and `ENFILE`: the process or the system has no free descriptor. */
export function isOutOfDescriptors(error: unknown): boolean {
  return errorCode(error) === "EMFILE" || errorCode(error) === "ENFILE"
}
