import type { Bot } from "../bot/index.js"
import type { Dispatcher } from "../dispatch/index.js"
import { isError } from "../ground/error-text.js"
import { unexpectedOption } from "../ground/expect-option.js"
import type { Logger } from "../ground/logger.js"
import { withRetries } from "../intake/start-retries.js"
import { ApiError } from "../telegram/errors.js"
import type { ManagedBotUpdated } from "../telegram/types.js"
import type { FleetMembership } from "./fleet-membership.js"
import type { ChooseManagedBot, FleetAddOptions } from "./fleet-options.js"

/** The longest wait of a handler for retries of its calls, in milliseconds: it occupies a place of its manager. */
const maxWaitMs = 120_000

/** The options of {@link ManagedBots}. */
export interface ManagedBotsOptions {
  readonly membership: FleetMembership
  readonly logger: Logger
  readonly choose: boolean | ChooseManagedBot
}

/** An update about a managed bot, in the hands of its handler. */
interface Handled {
  readonly manager: Bot
  readonly managed: ManagedBotUpdated
  readonly signal: AbortSignal
}

/** The bots that people create with bots of the fleet: they join the fleet, and get their new tokens. */
export class ManagedBots {
  readonly #options: ManagedBotsOptions

  /** @throws TypeError for a wrong option */
  constructor(options: ManagedBotsOptions) {
    const { choose } = options
    if (typeof choose !== "boolean" && typeof choose !== "function")
      unexpectedOption("managedBots", "a boolean or a function", choose)
    this.#options = options
  }

  /** Handles the updates about managed bots before the handlers that are registered later. */
  handleOn(dispatcher: Dispatcher): void {
    if (this.#options.choose === false) return
    dispatcher.managedBot(async (ctx, next) => {
      await this.#follow({ manager: ctx.bot, managed: ctx.managedBot, signal: ctx.signal })
      await next()
    })
  }

  /**
   * Gives the bot its token. Asks for the token again after each change: an update about another change may be handled
   * at the same time, and its newer token must not be replaced by this one.
   */
  async #follow(handled: Handled): Promise<void> {
    let token = await this.#tokenOf(handled)
    while (token !== undefined && (await this.#apply(token, handled))) {
      const newer = await this.#tokenOf(handled)
      if (newer === token) return
      token = newer
    }
  }

  /** Resolves with true if the bot was added, or has got the token. */
  async #apply(token: string, handled: Handled): Promise<boolean> {
    const { membership, logger } = this.#options
    const { bot } = handled.managed
    const outcome = await membership.renew(token)
    if (outcome === "renewed") logger.info(`Bot ${bot.id} has a new token`)
    if (outcome !== "unknown") return outcome === "renewed"
    const options = await this.#choice(handled)
    if (!options) return false
    await membership.join(token, options)
    logger.info(`Bot ${bot.id}, which bot ${handled.manager.id} manages, has joined the fleet`)
    return true
  }

  async #choice({ manager, managed }: Handled): Promise<FleetAddOptions | false> {
    const { choose } = this.#options
    if (typeof choose === "boolean") return choose && {}
    return choose({ manager, bot: managed.bot, owner: managed.user })
  }

  /** Resolves with the token of a bot; with `undefined` if the bot does not belong to the manager any longer. */
  async #tokenOf({ manager, managed, signal }: Handled): Promise<string | undefined> {
    const { logger } = this.#options
    const user_id = managed.bot.id
    try {
      const call = () => manager.getManagedBotToken({ user_id }, { signal })
      return await withRetries(call, { retries: -1, maxWaitMs, logger, signal })
    } catch (error) {
      if (!isError(error) || !(error instanceof ApiError) || error.errorCode !== 400) throw error
      logger.warn(`Bot ${user_id} does not join the fleet: ${error.message}`)
      return undefined
    }
  }
}
