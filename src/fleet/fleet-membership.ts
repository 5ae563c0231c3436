import { Bot, type BotOptions } from "../bot/index.js"
import { settledWithin } from "../ground/settled-within.js"
import type { UpdateQueue } from "../queue/index.js"
import { SounderError } from "../telegram/errors.js"
import { deleteBotData, expectRecords } from "./bot-data.js"
import type { FleetBots, FleetMember } from "./fleet-bots.js"
import type { FleetAddOptions } from "./fleet-options.js"
import type { Receivers } from "./receivers.js"
import type { RegistrationPace } from "./registration-pace.js"
import type { SharedFleet } from "./shared-fleet.js"
import {
  type BotRemoveOptions,
  type BotRenewal,
  type BotStore,
  expectBotId,
  expectKind,
  expectReason,
  expectRemoval,
} from "./store/bot-store.js"

/** The longest wait for the registration of a managed bot, in milliseconds. */
const registrationWaitMs = 5_000

/** The options of {@link FleetMembership}. */
export interface FleetMembershipOptions {
  readonly bots: FleetBots
  readonly receivers: Receivers
  readonly pace: RegistrationPace
  readonly queue: UpdateQueue
  /** The options of bots that are added by their tokens. */
  readonly botOptions: BotOptions
  /** The store; `undefined` for a fleet without a store. */
  readonly store: BotStore | undefined
  /** Returns the part that carries out the changes of the store; `undefined` for a fleet without a store. */
  readonly shared: () => SharedFleet | undefined
  readonly isRunning: () => boolean
}

/** The changes of a fleet's bots by the program: in the store if there is one, otherwise in this process. */
export class FleetMembership {
  readonly #options: FleetMembershipOptions

  constructor(options: FleetMembershipOptions) {
    this.#options = options
  }

  /** Adds a bot, or replaces a bot with the same id and another token. */
  async add(tokenOrBot: string | Bot | undefined, options: FleetAddOptions): Promise<Bot> {
    const { shared, bots, pace, botOptions } = this.#options
    const store = shared()
    if (store) return store.add(tokenOrBot, options)
    const bot = tokenOrBot instanceof Bot ? tokenOrBot : new Bot(tokenOrBot, botOptions)
    if (options.kind !== undefined) expectKind(options.kind)
    return bots.inOrder(bot.id, async () => {
      const existing = bots.get(bot.id)
      if (existing?.bot.token === bot.token) return this.#receiveOrRemove(existing, options)
      const { kind = existing?.kind, data = existing?.data } = options
      await this.removeMember(bot.id)
      return this.#receiveOrRemove(bots.add(bot, pace.hook), { kind, data })
    })
  }

  /** Adds a bot with a token that is right, unless the bot is in the fleet. A failed start is tried again. */
  async join(token: string, options: FleetAddOptions): Promise<void> {
    const { store, bots, pace, botOptions } = this.#options
    const bot = new Bot(token, botOptions)
    if (store) {
      await store.add([{ ...options, token }])
      return this.#registered(bot)
    }
    const { kind = "", data = null } = options
    expectKind(kind)
    await bots.inOrder(bot.id, async () => {
      if (!bots.get(bot.id)) Object.assign(bots.add(bot, pace.hook), { kind, data })
    })
    await this.#registered(bot)
  }

  /** Gives a bot of the fleet a new token that is right, as {@link BotStore.renew} does. */
  async renew(token: string): Promise<BotRenewal> {
    const { store, bots, pace, botOptions } = this.#options
    const bot = new Bot(token, botOptions)
    const change = async (): Promise<BotRenewal> => {
      const member = bots.get(bot.id)
      if (!member) return bots.find(bot.id) === undefined ? "unknown" : "removed"
      if (member.bot.token === token) return "unchanged"
      const { kind, data, parked } = member
      await this.removeMember(bot.id)
      Object.assign(bots.add(bot, pace.hook), { kind, data, parked })
      return "renewed"
    }
    const outcome = await (store ? store.renew(token) : bots.inOrder(bot.id, change))
    if (outcome === "renewed") await this.#registered(bot)
    return outcome
  }

  /** Removes a bot. Resolves with true if the bot was in the fleet. */
  async remove(botId: number, options: BotRemoveOptions): Promise<boolean> {
    const { store, bots, queue, isRunning } = this.#options
    expectBotId(botId)
    const { deletesWebhook, deletesData } = expectRemoval(options)
    if (deletesData) expectRecords(queue)
    if (store) return this.#afterStoring(botId, store.remove(botId, options))
    if (deletesData && !isRunning()) {
      throw new SounderError(
        "not-running",
        "The fleet does not run, so that it cannot delete the updates of a bot; start it first",
      )
    }
    return bots.inOrder(botId, async () => {
      const bot = await this.removeMember(botId, deletesData)
      if (bot && deletesWebhook) await bot.deleteWebhook()
      if (bot && deletesData) await deleteBotData(queue, botId)
      return bot !== undefined
    })
  }

  /** Parks a bot. Resolves with true if the bot was in the fleet and not parked. */
  async park(botId: number, reason: string | undefined): Promise<boolean> {
    const { store, receivers } = this.#options
    expectBotId(botId)
    expectReason(reason)
    if (store) return this.#afterStoring(botId, store.park(botId, reason))
    return receivers.park(botId, reason ?? null)
  }

  /** Lets a parked bot receive again. Resolves with true if the bot was parked. */
  async wake(botId: number): Promise<boolean> {
    const { store, receivers } = this.#options
    expectBotId(botId)
    if (store) return this.#afterStoring(botId, store.wake(botId))
    return receivers.wake(botId)
  }

  /**
   * Removes a bot from this process, which stops receiving for it. Resolves with the bot.
   *
   * @param drops true to drop the received updates that are not handled yet. Default: false
   */
  async removeMember(botId: number, drops = false): Promise<Bot | undefined> {
    const { bots } = this.#options
    const member = bots.remove(botId)
    // The end of polling waits for the received updates.
    if (drops) bots.drop(botId)
    await member?.intake?.finish()
    return member?.bot
  }

  /** Resolves with the result of a change when this machine has carried the change out. */
  async #afterStoring(botId: number, change: Promise<boolean>): Promise<boolean> {
    const hasChanged = await change
    await this.#options.shared()?.settled(botId)
    return hasChanged
  }

  /** Resolves when the bot receives, or has failed to, or after a few seconds; its registration then goes on. */
  async #registered(bot: Bot): Promise<void> {
    const { shared, receivers } = this.#options
    const registration = shared()?.settled(bot.id) ?? receivers.startOrRetry(bot)
    await settledWithin(registrationWaitMs, registration)
  }

  /** Starts to receive for a bot of the fleet, and removes the bot if the start fails. */
  async #receiveOrRemove(member: FleetMember, options: FleetAddOptions): Promise<Bot> {
    const { bots, receivers } = this.#options
    const { bot } = member
    member.kind = options.kind ?? member.kind
    member.data = options.data === undefined ? member.data : options.data
    member.parked = undefined
    try {
      await receivers.receive(bot)
      return bot
    } catch (error) {
      bots.remove(bot.id)
      throw error
    }
  }
}
