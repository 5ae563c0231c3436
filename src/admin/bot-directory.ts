import type { Bot } from "../bot/index.js"
import type { FleetBotStatus } from "../fleet/fleet-status.js"
import type { Fleet } from "../fleet/fleet.js"
import type { BotStore, StoredBot } from "../fleet/store/index.js"

/** The words by which the page names the states of bots, in the page's order of states. */
export const stateWords = {
  receiving: "Receiving",
  active: "Active",
  starting: "Starting",
  standby: "Stand-by",
  retrying: "Retrying",
  refused: "Refused",
  parked: "Parked",
  leaving: "Leaving",
  stopped: "Stopped",
} as const

/** The state of a bot on the page. */
export type AdminBotState = keyof typeof stateWords

/** A bot, as the page shows it. */
export interface AdminBot {
  readonly botId: number
  /** The name and the username; `undefined` if `getMe` has not been called. */
  readonly name: string | undefined
  readonly username: string | undefined
  readonly kind: string
  readonly state: AdminBotState
  /** The reason of the state `parked`. */
  readonly reason: string | undefined
  /**
   * The error of the registration or of polling; for a bot from a store, the text of the error; `undefined`
   * without an error.
   */
  readonly problem: unknown
  /** The time until the next try, in milliseconds. */
  readonly retryInMs: number | undefined
}

/** The source of the bots of a page. */
export interface BotDirectory {
  /** Resolves with all bots, in the order of their ids. */
  list(): Promise<readonly AdminBot[]>
  /** Resolves with a bot; `undefined` for an unknown one. */
  get(botId: number): Promise<AdminBot | undefined>
  /** Called with the ids of the bots that a page shows, before the page is drawn. */
  shown(botIds: readonly number[]): void
  /** Parks a bot. Resolves with true if this call has parked the bot. */
  park(botId: number, reason: string | undefined): Promise<boolean>
  /** Wakes a bot. Resolves with true if this call has woken the bot. */
  wake(botId: number): Promise<boolean>
}

/** The bots of a fleet of this process. */
export class FleetDirectory implements BotDirectory {
  readonly #fleet: Fleet
  /** The bots whose names this directory has requested from Telegram. */
  readonly #asked = new WeakSet<Bot>()

  constructor(fleet: Fleet) {
    this.#fleet = fleet
  }

  async list(): Promise<readonly AdminBot[]> {
    return this.#fleet
      .status()
      .map(ofStatus)
      .toSorted((one, other) => one.botId - other.botId)
  }

  async get(botId: number): Promise<AdminBot | undefined> {
    const status = this.#fleet.status().find(({ bot }) => bot.id === botId)
    return status && ofStatus(status)
  }

  /** Requests the names of unnamed bots from Telegram, once per bot. The next draw of the page shows the names. */
  shown(botIds: readonly number[]): void {
    const ids = new Set(botIds)
    for (const bot of this.#fleet.bots) if (ids.has(bot.id)) this.#askName(bot)
  }

  park(botId: number, reason: string | undefined): Promise<boolean> {
    return this.#fleet.park(botId, reason)
  }

  wake(botId: number): Promise<boolean> {
    return this.#fleet.wake(botId)
  }

  #askName(bot: Bot): void {
    if (bot.me || this.#asked.has(bot)) return
    this.#asked.add(bot)
    bot.init().catch(() => {})
  }
}

/** The bots of a store. */
export class StoreDirectory implements BotDirectory {
  readonly #store: BotStore

  constructor(store: BotStore) {
    this.#store = store
  }

  async list(): Promise<readonly AdminBot[]> {
    return (await this.#store.list()).map(ofStored)
  }

  async get(botId: number): Promise<AdminBot | undefined> {
    const stored = await this.#store.get(botId)
    return stored && ofStored(stored)
  }

  shown(): void {
    // The store does not know the names.
  }

  park(botId: number, reason: string | undefined): Promise<boolean> {
    return this.#store.park(botId, reason)
  }

  wake(botId: number): Promise<boolean> {
    return this.#store.wake(botId)
  }
}

function ofStatus({ bot, kind, state, reason, error, retryInMs }: FleetBotStatus): AdminBot {
  return {
    botId: bot.id,
    name: bot.me?.first_name,
    username: bot.me?.username,
    ...{ kind, state, reason, retryInMs },
    problem: error,
  }
}

function ofStored({ botId, kind, state, reason, problem }: StoredBot): AdminBot {
  return {
    botId,
    name: undefined,
    username: undefined,
    kind,
    // The store returns no removed bots, but the type of their states includes `removed`.
    state: state === "removed" ? "leaving" : state,
    reason: reason ?? undefined,
    problem: problem ?? undefined,
    retryInMs: undefined,
  }
}
