import { Backoff } from "../ground/backoff.js"
import { errorText, isError } from "../ground/error-text.js"
import type { Logger } from "../ground/logger.js"
import type { Bot } from "../bot/index.js"
import { Unauthorized } from "../telegram/errors.js"
import type { UpdateQueue } from "../queue/index.js"
import { deleteBotData } from "./bot-data.js"
import type { BotStore, StoredBot } from "./store/index.js"

/** The longest time for which one try waits for the updates of a bot, in milliseconds. */
const dataWaitMs = 2_000

/** A bot that is being removed. */
interface Removal {
  readonly stored: StoredBot
  readonly backoff: Backoff
  /** The time of the next try, in milliseconds of `performance.now`; `Infinity` during a try. */
  nextMs: number
}

/** The removals that the leader of a fleet has to end: it deletes webhooks and data, and lets the store forget tokens. */
export class Removals {
  readonly #removals = new Map<number, Removal>()
  readonly #store: BotStore
  readonly #logger: Logger
  readonly #botOf: (token: string) => Bot
  readonly #inOrder: (botId: number, operation: () => Promise<void>) => Promise<void>
  readonly #queue: UpdateQueue

  constructor(options: {
    readonly store: BotStore
    readonly logger: Logger
    /** Returns a bot for calls. */
    readonly botOf: (token: string) => Bot
    /** Runs an operation when all earlier operations on the bot have ended. */
    readonly inOrder: (botId: number, operation: () => Promise<void>) => Promise<void>
    readonly queue: UpdateQueue
  }) {
    this.#store = options.store
    this.#logger = options.logger
    this.#botOf = options.botOf
    this.#inOrder = options.inOrder
    this.#queue = options.queue
  }

  /** Records the state of a bot. */
  record(stored: StoredBot): void {
    if (stored.state !== "leaving") this.#removals.delete(stored.botId)
    else this.#removals.set(stored.botId, { stored, backoff: new Backoff(), nextMs: 0 })
  }

  /** Ends the removals whose time has come. */
  run(): void {
    const nowMs = performance.now()
    for (const removal of this.#removals.values()) {
      if (removal.nextMs > nowMs) continue
      removal.nextMs = Infinity
      void this.#inOrder(removal.stored.botId, () => this.#end(removal))
    }
  }

  async #end(removal: Removal): Promise<void> {
    const { stored, backoff } = removal
    const { botId } = stored
    if (this.#removals.get(botId) !== removal) return
    try {
      if (stored.deletesWebhook) await this.#deleteWebhook(stored)
      if (stored.deletesData) await this.#deleteData(botId)
      await this.#store.endRemoval(botId)
      if (this.#removals.get(botId) === removal) this.#removals.delete(botId)
    } catch (error) {
      removal.nextMs = performance.now() + backoff.next()
      this.#logger.error(`The removal of bot ${botId} has not ended yet: ${errorText(error)}`)
    }
  }

  async #deleteData(botId: number): Promise<void> {
    // Another machine may have added the bot again.
    const now = await this.#store.get(botId)
    if (now?.state === "leaving") await deleteBotData(this.#queue, botId, dataWaitMs)
  }

  async #deleteWebhook(stored: StoredBot): Promise<void> {
    const token = stored.openToken()
    if (token === undefined) return
    try {
      await this.#botOf(token).deleteWebhook()
    } catch (error) {
      // Nobody can call this bot any more.
      if (!isError(error) || !(error instanceof Unauthorized)) throw error
    }
  }
}
