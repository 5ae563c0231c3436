import { errorText } from "../ground/error-text.js"
import type { Logger } from "../ground/logger.js"
import type { Removable } from "../ground/removable.js"
import type { BotStore, StoredBot } from "./store/index.js"

/** The shortest time between two log lines about a store that cannot be read, in milliseconds. */
const lineEveryMs = 60_000

/** Reads the changes of a store of bots, one read at a time, and passes each changed bot on. */
export class StoreReader {
  readonly #store: BotStore
  readonly #logger: Logger
  readonly #apply: (bot: StoredBot) => void
  #version = 0
  #running: Promise<void> = Promise.resolve()
  #waiting: Promise<void> | undefined
  #watch: Removable | undefined
  #failedAtMs: number | undefined

  /** @param apply called with each changed bot, in the order of the changes */
  constructor(store: BotStore, logger: Logger, apply: (bot: StoredBot) => void) {
    this.#store = store
    this.#logger = logger
    this.#apply = apply
  }

  /**
   * Resolves when the changes that were made before the call have been passed on. Rejects with a `StorageError` if the
   * store cannot be read.
   */
  read(): Promise<void> {
    this.#waiting ??= this.#running.then(() => {
      this.#waiting = undefined
      const reading = this.#read()
      this.#running = reading.catch(() => {})
      return reading
    })
    return this.#waiting
  }

  /** Passes changes on until {@link stop}. */
  watch(): void {
    this.#watch ??= this.#store.watch(() => void this.#readOrLog())
  }

  /** Ends {@link watch}. */
  async stop(): Promise<void> {
    this.#watch?.remove()
    this.#watch = undefined
    await this.#waiting?.catch(() => {})
    await this.#running
  }

  async #read(): Promise<void> {
    for (const bot of await this.#store.readSince(this.#version)) {
      this.#version = Math.max(this.#version, bot.version)
      this.#apply(bot)
    }
  }

  /** Reads the changes. The store calls again, so that a failed read is repeated. */
  async #readOrLog(): Promise<void> {
    try {
      await this.read()
      if (this.#failedAtMs !== undefined) this.#logger.info("The store of bots can be read again")
      this.#failedAtMs = undefined
    } catch (error) {
      const nowMs = performance.now()
      if (nowMs - (this.#failedAtMs ?? -Infinity) < lineEveryMs) return
      this.#failedAtMs = nowMs
      this.#logger.error(`The store of bots cannot be read, and changes wait: ${errorText(error)}`)
    }
  }
}
