import type { Bot } from "../bot/index.js"
import { errorText } from "../ground/error-text.js"
import { Timer } from "../ground/timer.js"
import type { Logger } from "../ground/logger.js"
import type { Intake } from "../intake/intake.js"
import { cancelStart, type FleetBots, type FleetMember } from "./fleet-bots.js"
import type { OpenIntake } from "./fleet-intake.js"
import type { FleetStart } from "./fleet-options.js"
import { retryBackoff, retryWaitMs } from "./retry-wait.js"
import { StartProgress } from "./start-progress.js"

/** The options of {@link Receivers}. */
export interface ReceiversOptions {
  readonly bots: FleetBots
  readonly logger: Logger
  /** Called when a bot has stopped receiving because of an error. */
  readonly onEnded: (bot: Bot, error: unknown) => void
  /** Called with the error of a start or of running receiving, and without an error when the bot receives. */
  readonly onOutcome: (member: FleetMember, error?: unknown) => void
}

/** The result of the start of all bots, with the error that should end the fleet, if there is one. */
interface AllStarted extends FleetStart {
  readonly fatal: { readonly error: unknown } | undefined
}

/** Starts and ends the receiving of each bot of a fleet, and tries again if a start fails. */
export class Receivers {
  readonly #options: ReceiversOptions
  #open: OpenIntake | undefined
  #abort = new AbortController()
  #isLeader = true

  constructor(options: ReceiversOptions) {
    this.#options = options
  }

  /** True if this machine registers the webhooks, or polls. */
  get isLeader(): boolean {
    return this.#isLeader
  }

  /** Lets the bots receive by a function. */
  begin(open: OpenIntake, isLeader: boolean): void {
    this.#open = open
    this.#isLeader = isLeader
    this.#abort = new AbortController()
  }

  /** Aborts all starts, and resolves with the running intakes, for the caller to stop. */
  async end(): Promise<Intake[]> {
    this.#open = undefined
    this.#abort.abort()
    return this.#options.bots.removeIntakes()
  }

  /** Starts all bots. Resolves when each has started or failed. */
  async startAll(): Promise<AllStarted> {
    const { bots, logger } = this.#options
    const started: Bot[] = []
    const failed: { bot: Bot; error: unknown }[] = []
    const all = bots.members.filter(({ parked }) => !parked)
    const progress = new StartProgress(all.length, logger)
    const start = async ({ bot }: FleetMember) => {
      const failure = await this.#tryStart(bot)
      if (failure) failed.push({ bot, error: failure.error })
      else started.push(bot)
      progress.count(failure === undefined)
    }
    await Promise.all(all.map(start))
    progress.end()
    const wrongOption = failed.find(({ error }) => error instanceof TypeError)
    return { started, failed, fatal: wrongOption ?? (started.length === 0 ? failed[0] : undefined) }
  }

  /** Becomes the leader, or stops being it, with all bots. */
  setLeader(isLeader: boolean): void {
    if (!this.#open || this.#isLeader === isLeader) return
    this.#isLeader = isLeader
    for (const { bot } of this.#options.bots.members) {
      void (isLeader ? this.startOrRetry(bot) : this.#standBy(bot))
    }
  }

  /** Starts to receive for a bot, and tries again later if that fails. */
  async startOrRetry(bot: Bot): Promise<void> {
    const failure = await this.#tryStart(bot)
    if (failure) this.scheduleRetry(bot, failure.error)
  }

  /**
   * Starts to receive for a bot, if the fleet runs, and the bot is in the fleet, is not parked and does not receive.
   * To be called in the order of the bot's operations.
   */
  async receive(bot: Bot): Promise<void> {
    const member = this.#options.bots.get(bot.id)
    if (!this.#open || member?.bot !== bot || member.parked) return
    if (!member.intake) await this.#openIntake(member, this.#open)
    else if (this.#isLeader) await member.intake.takeOver?.()
    cancelStart(member)
    member.failure = undefined
    if (this.#isLeader && member.intake) this.#options.onOutcome(member)
  }

  /** Parks a bot. Resolves with true if the bot was in the fleet and not parked. */
  park(botId: number, reason: string | null): Promise<boolean> {
    const { bots } = this.#options
    return bots.inOrder(botId, async () => {
      const member = bots.get(botId)
      if (!member || member.parked) return false
      member.parked = { reason }
      await this.finish(member)
      return true
    })
  }

  /** Lets a parked bot receive again. Resolves with true if the bot was parked. */
  async wake(botId: number): Promise<boolean> {
    const member = this.#options.bots.get(botId)
    if (!member?.parked) return false
    member.parked = undefined
    await this.startOrRetry(member.bot)
    return true
  }

  /** Ends the receiving of a bot. To be called in the order of the bot's operations. */
  async finish(member: FleetMember): Promise<void> {
    const { intake } = member
    cancelStart(member)
    member.failure = undefined
    member.backoff = undefined
    member.intake = undefined
    await intake?.finish()
  }

  /** Plans a retry of a bot's start, except if Telegram does not accept the bot's token. */
  scheduleRetry(bot: Bot, error: unknown): void {
    const member = this.#options.bots.get(bot.id)
    if (!this.#open || member?.bot !== bot || member.parked) return
    member.backoff ??= retryBackoff()
    const waitMs = retryWaitMs(error, member.backoff)
    member.retry?.stop()
    if (waitMs === undefined) {
      cancelStart(member)
      member.failure = { error, retryAtMs: undefined }
    } else {
      member.retry = new Timer(() => void this.#retry(bot), waitMs)
      member.failure = { error, retryAtMs: performance.now() + waitMs }
    }
    this.#options.onOutcome(member, error)
  }

  async #openIntake(member: FleetMember, open: OpenIntake): Promise<void> {
    const isLeader = this.#isLeader
    const intake = await open(member.bot, { signal: this.#abort.signal, isLeader })
    member.intake = intake
    intake?.ended.catch((error: unknown) => this.#onEnded(member.bot, intake, error))
    // The other machine may have died meanwhile.
    if (this.#isLeader && !isLeader) await intake?.takeOver?.()
  }

  async #retry(bot: Bot): Promise<void> {
    const failure = await this.#tryStart(bot)
    if (failure) this.scheduleRetry(bot, failure.error)
    else this.#options.logger.info(`Bot ${bot.id} receives updates now`)
  }

  async #tryStart(bot: Bot): Promise<{ readonly error: unknown } | undefined> {
    const { bots, logger } = this.#options
    try {
      await bots.inOrder(bot.id, () => this.receive(bot))
      return undefined
    } catch (error) {
      if (this.#open) logger.error(`Bot ${bot.id} cannot receive updates: ${errorText(error)}`)
      return { error }
    }
  }

  async #standBy(bot: Bot): Promise<void> {
    const { bots, logger } = this.#options
    await bots
      .inOrder(bot.id, async () => {
        const member = bots.get(bot.id)
        if (this.#isLeader || !member?.intake) return
        if (member.intake.standBy) await member.intake.standBy()
        else await this.finish(member)
      })
      .catch((error: unknown) => {
        logger.error(`Bot ${bot.id} cannot stop receiving updates: ${errorText(error)}`)
      })
  }

  async #onEnded(bot: Bot, ended: Intake, error: unknown): Promise<void> {
    const { bots, logger, onEnded, onOutcome } = this.#options
    logger.error(`Bot ${bot.id} has stopped receiving updates: ${errorText(error)}`)
    try {
      const hasEnded = await bots.inOrder(bot.id, async () => {
        const member = bots.get(bot.id)
        if (member?.bot !== bot || member.intake !== ended) return false
        member.intake = undefined
        member.failure = { error, retryAtMs: undefined }
        await ended.finish()
        onOutcome(member, error)
        return true
      })
      // Not in the order of the bot's operations, so that an async function may change the bot and await it.
      if (hasEnded) await (onEnded(bot, error) as unknown)
    } catch (failure) {
      logger.error(`The end of bot ${bot.id} could not be reported: ${errorText(failure)}`)
    }
  }
}
