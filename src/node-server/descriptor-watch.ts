import { open } from "node:fs/promises"
import { errorCode } from "../ground/error-text.js"

const everyMs = 1000

/**
 * Notices when the process has no descriptor left. Node says nothing then: the system takes each new
 * connection and closes it again, Telegram's as any other.
 */
export class DescriptorWatch {
  readonly #onNone: () => void
  readonly #timer: NodeJS.Timeout
  #work: Promise<void> | undefined

  /** @param onNone called once per second for as long as there is none left */
  constructor(onNone: () => void) {
    this.#onNone = onNone
    this.#timer = setInterval(() => this.#look(), everyMs).unref()
  }

  /** Stops looking. Resolves when no file is open. */
  async stop(): Promise<void> {
    clearInterval(this.#timer)
    await this.#work
  }

  #look(): void {
    this.#work ??= this.#tryOne().finally(() => (this.#work = undefined))
  }

  async #tryOne(): Promise<void> {
    try {
      const file = await open("/dev/null")
      await file.close()
    } catch (error) {
      if (isNoneLeft(error)) this.#onNone()
    }
  }
}

/** Returns whether an error says that the process or the system has no descriptor left. */
export function isNoneLeft(error: unknown): boolean {
  return errorCode(error) === "EMFILE" || errorCode(error) === "ENFILE"
}
