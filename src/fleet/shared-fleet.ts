import { Bot, type BotOptions } from "../bot/index.js"
import { errorText, isError } from "../ground/error-text.js"
import type { Logger } from "../ground/logger.js"
import { StorageError, type UpdateQueue } from "../queue/index.js"
import { SounderError, Unauthorized } from "../telegram/errors.js"
import type { FleetBots, FleetMember } from "./fleet-bots.js"
import { Leadership } from "./leadership.js"
import type { Receivers } from "./receivers.js"
import { Removals } from "./removals.js"
import type { BotStore, NewBot, StoredBot } from "./store/index.js"
import { refusedReason } from "./store/bot-store.js"
import { damagedData } from "./store/stored-bot.js"
import { StoreReader } from "./store-reader.js"

/** The options of {@link SharedFleet}. */
export interface SharedFleetOptions {
  readonly store: BotStore
  readonly bots: FleetBots
  readonly receivers: Receivers
  /** The options of the bots that are made from stored tokens. */
  readonly botOptions: BotOptions
  readonly logger: Logger
  /** The queue from which the data of removed bots are deleted. */
  readonly queue: UpdateQueue
  /** Adds a bot to the fleet, without receiving for it. */
  readonly addMember: (bot: Bot) => FleetMember
  /** Removes a bot from the fleet, which stops receiving for it, and drops its received updates if `drops` is true. */
  readonly removeMember: (botId: number, drops?: boolean) => Promise<unknown>
}

/**
 * A fleet whose bots are in a store. Each machine follows the store: it reads a change, made here or elsewhere, and then
 * adds, removes, parks or wakes the bot. A change is therefore carried out by all machines, even if the
 * machine that made it has died.
 */
export class SharedFleet {
  readonly #options: SharedFleetOptions
  readonly #reader: StoreReader
  readonly #removals: Removals
  readonly #leadership: Leadership
  #isReceiving = false
  /** The error of a token that could not be decrypted; `undefined` without one. It is logged once. */
  #keyFailure: StorageError | undefined

  constructor(options: SharedFleetOptions) {
    this.#options = options
    const { store, bots, logger, botOptions, queue } = options
    this.#reader = new StoreReader(store, logger, (bot) => this.#apply(bot))
    this.#leadership = new Leadership(store, logger, (isLeader) => this.#renewed(isLeader))
    this.#removals = new Removals({
      store,
      logger,
      botOf: (token) => new Bot(token, botOptions),
      inOrder: (botId, operation) => bots.inOrder(botId, operation),
      queue,
    })
  }

  /**
   * Reads the store. If `receives` is true, also tries to become the leader. Resolves with true if this machine leads.
   * Rejects if the store cannot be read, and if no token can be decrypted.
   */
  async begin(receives: boolean): Promise<boolean> {
    await this.#reader.read()
    await this.#options.bots.idle()
    if (this.#keyFailure && this.#options.bots.all.length === 0) throw this.#keyFailure
    this.#isReceiving = receives
    return receives ? this.#leadership.start() : false
  }

  /** Carries out further changes as they are made. */
  watch(): void {
    this.#reader.watch()
  }

  /** Stops to carry out changes, and lets another machine lead. */
  async end(): Promise<void> {
    await this.#reader.stop()
    if (this.#isReceiving) await this.#leadership.stop()
    this.#isReceiving = false
  }

  /**
   * Checks a token with Telegram, stores the bot, and resolves when this machine has the bot.
   *
   * @throws TypeError for a malformed token, and for a bot, whose options cannot be stored
   * @throws SounderError with the code `not-running` if another machine removes the bot meanwhile
   */
  async add(tokenOrBot: string | Bot | undefined, options: Omit<NewBot, "token">): Promise<Bot> {
    const { store, bots, botOptions } = this.#options
    if (tokenOrBot instanceof Bot) {
      throw new TypeError(
        "Expected a token: a fleet with a store makes its bots itself, with the options `botOptions`.",
      )
    }
    const bot = new Bot(tokenOrBot, botOptions)
    const { id: botId, token } = bot
    await bot.getMe()
    await store.add([{ ...options, token }])
    await this.settled(botId)
    const member = bots.get(botId)
    if (member) return member.bot
    const stored = await store.get(botId)
    if (stored && stored.data === undefined) throw damagedData(botId)
    throw new SounderError(
      "not-running",
      `Bot ${botId} was removed while it was added, and is not in the fleet. Add it again`,
    )
  }

  /** Resolves when the changes of a bot that were stored before the call have been carried out by this machine. */
  async settled(botId: number): Promise<void> {
    await this.#reader.read()
    await this.#options.bots.inOrder(botId, async () => {})
  }

  /** Stores the outcome of a start or of receiving, so that all machines see it. */
  async recordOutcome(member: FleetMember, error: unknown): Promise<void> {
    const { store, logger } = this.#options
    const { stored, bot } = member
    if (!stored) return
    try {
      if (isError(error) && error instanceof Unauthorized) await store.refuse(stored, refusedReason)
      else if (error !== undefined) await store.setProblem(stored, errorText(error))
      else if (stored.problem !== null) await store.setProblem(stored, null)
    } catch (failure) {
      logger.warn(`The state of bot ${bot.id} could not be stored: ${errorText(failure)}`)
    }
  }

  #renewed(isLeader: boolean): void {
    this.#options.receivers.setLeader(isLeader)
    if (isLeader) this.#removals.run()
  }

  #apply(stored: StoredBot): void {
    const { bots, logger } = this.#options
    this.#removals.record(stored)
    const applied = bots.inOrder(stored.botId, () => this.#applyInOrder(stored))
    applied.catch((error: unknown) => {
      const isKey = isError(error) && error instanceof StorageError && error.code === "wrong-key"
      if (isKey && this.#keyFailure) return
      if (isKey) this.#keyFailure = error
      logger.error(`Bot ${stored.botId} cannot be used: ${errorText(error)}`)
    })
  }

  async #applyInOrder(stored: StoredBot): Promise<void> {
    const { bots, removeMember, receivers } = this.#options
    const known = bots.get(stored.botId)
    if ((known?.stored?.version ?? 0) >= stored.version) return
    if (stored.state === "leaving" || stored.state === "removed") {
      await removeMember(stored.botId, stored.deletesData)
      if (this.#isReceiving && receivers.isLeader) this.#removals.run()
      return
    }
    if (stored.data === undefined && stored.state !== "parked") throw damagedData(stored.botId)
    const member = await this.#memberOf(stored, known)
    const wasParked = member.parked !== undefined
    member.stored = stored
    member.kind = stored.kind
    member.data = stored.data
    member.parked = stored.state === "parked" ? { reason: stored.reason } : undefined
    if (member.parked) await receivers.finish(member)
    else if (wasParked || !member.retry) await this.#receive(member)
  }

  /** Returns the bot with the stored token: a bot with another token is replaced. */
  async #memberOf(stored: StoredBot, known: FleetMember | undefined): Promise<FleetMember> {
    const { addMember, removeMember, botOptions } = this.#options
    if (known?.stored?.tokenVersion === stored.tokenVersion) return known
    const token = stored.openToken()
    if (known && known.bot.token === token) return known
    if (known) await removeMember(stored.botId)
    return addMember(new Bot(token, botOptions))
  }

  async #receive({ bot }: FleetMember): Promise<void> {
    const { receivers, logger } = this.#options
    try {
      await receivers.receive(bot)
    } catch (error) {
      logger.error(`Bot ${bot.id} cannot receive updates: ${errorText(error)}`)
      receivers.scheduleRetry(bot, error)
    }
  }
}
