import { BotAddress } from "../../bot/bot-address.js"
import { errorStack } from "../../ground/error-text.js"
import {
  expectBoolean,
  expectInteger,
  expectOptionsObject,
  type OptionNames,
  unexpectedOption,
} from "../../ground/expect-option.js"
import { jsonText } from "../../ground/json-text.js"
import type { Removable } from "../../ground/removable.js"
import { guardedLogger } from "../../telegram/guarded-logger.js"
import { type BotRow, type BotStamp, botStates, type BotState, type BotTable } from "./bot-table.js"
import { StoredBot } from "./stored-bot.js"
import type { TokenVault } from "./token-vault.js"

/** A bot to add to a {@link BotStore}. */
export interface NewBot {
  /** The token from @BotFather. */
  readonly token: string
  /** The kind of the bot: up to 64 letters, digits and `_.-`. Default: the kind of the stored bot, or none. */
  readonly kind?: string | undefined
  /** The data of the bot, as JSON. Default: the data of the stored bot, or `null`. */
  readonly data?: unknown
}

/** The options of the removal of a bot. */
export interface BotRemoveOptions {
  /** True to call `deleteWebhook`. Default: false, so that Telegram keeps new updates. */
  readonly deleteWebhook?: boolean | undefined
  /**
   * True to delete the data of the bot from the queue: its updates, dead letters, timers and jobs, and the values of its
   * state, such as sessions. Default: false.
   */
  readonly deleteData?: boolean | undefined
}

/** The names of the options of the removal of a bot. */
export const removeOptionNames: OptionNames<BotRemoveOptions> = {
  deleteWebhook: true,
  deleteData: true,
}

/** The options of {@link BotStore.list}. */
export interface BotListOptions {
  /** Only bots in this state. Default: all but `removed`. */
  readonly state?: BotState | undefined
  /** Only bots of this kind. Default: all. */
  readonly kind?: string | undefined
  /** Only bots with a higher id. Default: 0. */
  readonly afterId?: number | undefined
  /** The maximum number of bots. Default: no limit. */
  readonly limit?: number | undefined
}

/** Changes one row. Returns the row to write; `undefined` for no change. */
type RowChange = (row: BotRow | undefined, stamp: BotStamp) => BotRow | undefined

/**
 * The outcome of {@link BotStore.renew}: the bot has got the token, had it already, was removed, or has never been in
 * the store.
 */
export type BotRenewal = "renewed" | "unchanged" | "removed" | "unknown"

/** The reason of a bot that is parked because Telegram does not accept its token. */
export const refusedReason =
  "Telegram does not accept the token: it was revoked. Add the bot again with its new token"

/** The longest reason or problem, in characters. */
const longestText = 500

/**
 * The bots of a fleet, with their encrypted tokens, in memory, in SQLite or in PostgreSQL. Any number of processes
 * may change a stored bot at once: changes run one after the other, and the last one counts. All methods reject
 * with a `StorageError` if the store cannot be used; nothing is then changed, unless the connection was lost while the
 * change was committed.
 */
export class BotStore implements AsyncDisposable {
  readonly #table: BotTable
  readonly #vault: TokenVault

  /** @internal */
  constructor(table: BotTable, vault: TokenVault) {
    this.#table = table
    this.#vault = vault
  }

  /**
   * Adds bots in one transaction, and resolves with the stored bots in the order of `bots`. A bot that is stored
   * gets the new token, is active again, and keeps its kind and its data unless new ones are given. No call is made
   * to Telegram: `fleet.add` also checks the token.
   *
   * @throws TypeError for a malformed token, a wrong kind, or data that are not JSON; nothing is then added
   */
  async add(bots: readonly NewBot[]): Promise<StoredBot[]> {
    const changes = new Map(bots.map((bot) => this.#addition(bot)))
    const stored = await this.#change(changes)
    return [...changes.keys()].flatMap((botId) => stored.get(botId) ?? [])
  }

  /**
   * Gives a bot its new token. The bot keeps its kind, its data and its state; a bot whose former token was refused by
   * Telegram is active again. Resolves with the outcome. A removed bot is known for a week.
   *
   * @throws TypeError for a malformed token
   */
  async renew(token: string): Promise<BotRenewal> {
    const { id: botId } = new BotAddress(token, undefined)
    let outcome: BotRenewal = "unknown"
    await this.#changeOne(botId, (row, { version }) => {
      outcome = "unknown"
      if (!row) return undefined
      outcome = "removed"
      if (!isPresent(row)) return undefined
      outcome = "unchanged"
      const isRefused = row.state === "parked" && row.reason === refusedReason
      const active = isRefused ? ({ state: "active", reason: null } as const) : {}
      const hasToken = this.#hasToken(row, token)
      if (hasToken && !isRefused) return undefined
      outcome = "renewed"
      const sealedToken = hasToken ? row.sealedToken : this.#vault.seal(botId, token)
      return { ...row, ...active, sealedToken, tokenVersion: version, problem: null }
    })
    return outcome
  }

  /** Parks a bot: it stops receiving, and stays in the store. Resolves with true if the bot was active. */
  async park(botId: number, reason?: string): Promise<boolean> {
    expectReason(reason)
    return this.#changeOne(botId, (row) =>
      row?.state === "active" ? { ...row, state: "parked", reason: shortText(reason) } : undefined,
    )
  }

  /** Lets a parked bot receive again. Resolves with true if the bot was parked. */
  async wake(botId: number): Promise<boolean> {
    return this.#changeOne(botId, (row) =>
      row?.state === "parked"
        ? { ...row, state: "active", reason: null, problem: null }
        : undefined,
    )
  }

  /**
   * Removes a bot. The machines of the fleet stop receiving for it; the leader then calls `deleteWebhook` if it is
   * asked to, lets the queue delete the data of the bot if it is asked to, and the store forgets the token. Resolves
   * with true if the bot was active or parked.
   */
  async remove(botId: number, options: BotRemoveOptions = {}): Promise<boolean> {
    expectOptionsObject(options, "store.remove(botId, { deleteWebhook })", removeOptionNames)
    const leaving = { state: "leaving", reason: null, ...expectRemoval(options) } as const
    return this.#changeOne(botId, (row) => (isPresent(row) ? { ...row, ...leaving } : undefined))
  }

  /**
   * Replaces the data of a bot. Resolves with true if the bot is in the store.
   *
   * @throws TypeError for data that are not JSON
   */
  async setData(botId: number, data: unknown): Promise<boolean> {
    const text = jsonText("data", data)
    return this.#changeOne(botId, (row) => (isPresent(row) ? { ...row, data: text } : undefined))
  }

  /** Resolves with a bot; `undefined` for an unknown or removed one. */
  async get(botId: number): Promise<StoredBot | undefined> {
    expectBotId(botId)
    const [row] = await this.#table.find([botId])
    return row && row.state !== "removed" ? new StoredBot(row, this.#vault) : undefined
  }

  /** Resolves with the bots in the order of their ids. */
  async list(options: BotListOptions = {}): Promise<StoredBot[]> {
    expectListOptions(options)
    const { state, kind, afterId = 0, limit } = options
    const rows = await this.#table.readSince(0)
    return rows
      .filter((row) => (state === undefined ? row.state !== "removed" : row.state === state))
      .filter((row) => row.botId > afterId && (kind === undefined || row.kind === kind))
      .toSorted((one, other) => one.botId - other.botId)
      .slice(0, limit)
      .map((row) => new StoredBot(row, this.#vault))
  }

  /** Encrypts all tokens with the first key that have another one. Resolves with their number. */
  async reseal(): Promise<number> {
    const rows = await this.#table.readSince(0)
    const old = rows.filter(({ sealedToken }) => this.#isOld(sealedToken))
    const change: RowChange = (row) =>
      row && this.#isOld(row.sealedToken)
        ? { ...row, sealedToken: this.#sealedAgain(row) }
        : undefined
    await this.#change(new Map(old.map(({ botId }) => [botId, change])))
    return old.length
  }

  /** Resolves with the bots that were changed after the change `since`, removed ones included, the first change first. */
  async readSince(since: number): Promise<StoredBot[]> {
    const rows = await this.#table.readSince(since)
    return rows.map((row) => new StoredBot(row, this.#vault))
  }

  /** Parks the bot if it still has the token that Telegram has refused. Resolves with true if the bot was parked. */
  async refuse({ botId, tokenVersion }: TokenOfBot, reason: string): Promise<boolean> {
    return this.#changeOne(botId, (row) =>
      row?.state === "active" && row.tokenVersion === tokenVersion
        ? { ...row, state: "parked", reason: shortText(reason) }
        : undefined,
    )
  }

  /** Stores the last failure of a bot with this token; `null` when the bot receives. */
  async setProblem({ botId, tokenVersion }: TokenOfBot, problem: string | null): Promise<void> {
    const text = problem === null ? null : shortText(problem)
    await this.#changeOne(botId, (row) =>
      row?.tokenVersion === tokenVersion && row.problem !== text
        ? { ...row, problem: text }
        : undefined,
    )
  }

  /** Ends the removal of a bot, unless the bot was added again meanwhile: the store forgets the token and the data. */
  async endRemoval(botId: number): Promise<void> {
    const gone = { state: "removed", sealedToken: "", data: "null", problem: null } as const
    await this.#changeOne(botId, (row) =>
      row?.state === "leaving" ? { ...row, ...gone } : undefined,
    )
  }

  /**
   * Tries to make a machine the leader of the fleet, or to let it stay so. The leader registers the webhooks of all
   * bots, or polls for them. Resolves with true if the machine is the leader for the next `leaseMs`.
   */
  lead(machine: string, leaseMs: number): Promise<boolean> {
    return this.#table.lead(machine, leaseMs)
  }

  /** Ends the leadership of a machine, if it is the leader. */
  resign(machine: string): Promise<void> {
    return this.#table.resign(machine)
  }

  /**
   * Calls a function soon after changes by any process. The function may also be called without a change. An error of
   * the function is logged with `console.error`.
   *
   * @throws StorageError with the code `storage-gone` if the store is closed
   */
  watch(changed: () => void): Removable {
    return this.#table.watch(() => void callOrLog(changed))
  }

  /** Closes the store. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#table[Symbol.asyncDispose]()
  }

  #addition(bot: NewBot): [botId: number, change: RowChange] {
    expectOptionsObject(bot, "store.add([{ token }])", newBotNames)
    const { token: given, kind, data } = bot
    const { id: botId, token } = new BotAddress(given, undefined)
    if (kind !== undefined) expectKind(kind)
    const text = data === undefined ? undefined : jsonText("data", data)
    return [
      botId,
      (row, { version, nowMs }) => {
        const before = isPresent(row) ? row : undefined
        const isSame = before !== undefined && this.#hasToken(before, token)
        return {
          botId,
          version,
          tokenVersion: isSame ? before.tokenVersion : version,
          sealedToken: isSame ? before.sealedToken : this.#vault.seal(botId, token),
          kind: kind ?? before?.kind ?? "",
          data: text ?? before?.data ?? "null",
          state: "active",
          reason: null,
          problem: null,
          deletesWebhook: false,
          deletesData: false,
          changedAt: nowMs,
        }
      },
    ]
  }

  /** Returns whether a row contains a token. A row of an unknown key does not: the token is then stored again. */
  #hasToken({ botId, sealedToken }: BotRow, token: string): boolean {
    try {
      return this.#vault.open(botId, sealedToken) === token
    } catch {
      return false
    }
  }

  #isOld(sealedToken: string): boolean {
    return sealedToken !== "" && !this.#vault.isNewest(sealedToken)
  }

  #sealedAgain({ botId, sealedToken }: BotRow): string {
    return this.#vault.seal(botId, this.#vault.open(botId, sealedToken))
  }

  async #changeOne(botId: number, change: RowChange): Promise<boolean> {
    expectBotId(botId)
    return (await this.#change(new Map([[botId, change]]))).size > 0
  }

  /** Makes changes in one transaction. Resolves with the changed bots by their ids. */
  async #change(changes: ReadonlyMap<number, RowChange>): Promise<ReadonlyMap<number, StoredBot>> {
    if (changes.size === 0) return new Map()
    let written: readonly BotRow[] = []
    await this.#table.change([...changes.keys()], (current, stamp) => {
      const { version, nowMs: changedAt } = stamp
      written = [...changes].flatMap(([botId, change]) => {
        const row = change(current.get(botId), stamp)
        return row ? [{ ...row, version, changedAt }] : []
      })
      return written
    })
    return new Map(written.map((row) => [row.botId, new StoredBot(row, this.#vault)]))
  }
}

/** Calls a function. An error would end the process, since it would be an uncaught exception. */
async function callOrLog(changed: () => unknown): Promise<void> {
  try {
    await changed()
  } catch (error) {
    guardedLogger().error(`The function of \`store.watch\` failed: ${errorStack(error)}`)
  }
}

/** The token of a bot, by the number of the change that stored it. */
type TokenOfBot = Pick<StoredBot, "botId" | "tokenVersion">

const newBotNames: OptionNames<NewBot> = { token: true, kind: true, data: true }

const listOptionNames: OptionNames<BotListOptions> = {
  state: true,
  kind: true,
  afterId: true,
  limit: true,
}

function expectListOptions(options: BotListOptions): void {
  expectOptionsObject(options, "store.list({ state })", listOptionNames)
  const { state = "active", kind, afterId = 0, limit = Infinity } = options
  if (!botStates.includes(state)) unexpectedOption("state", `one of ${botStates.join(", ")}`, state)
  if (kind !== undefined) expectKind(kind)
  expectInteger("afterId", afterId, 0, Number.MAX_SAFE_INTEGER)
  if (limit !== Infinity) expectInteger("limit", limit, 1, Number.MAX_SAFE_INTEGER)
}

/** Throws a `TypeError` unless the value can be the kind of a bot. */
export function expectKind(kind: unknown): void {
  if (typeof kind === "string" && /^[\w.-]{0,64}$/.test(kind)) return
  unexpectedOption("kind", "a text of up to 64 letters, digits and `_.-`", kind)
}

/** Throws a `TypeError` unless the value can be the id of a bot. */
export function expectBotId(botId: unknown): void {
  if (Number.isSafeInteger(botId) && Number(botId) > 0) return
  unexpectedOption("botId", "the id of a bot", botId)
}

/** Throws a `TypeError` unless the value can be the reason for which a bot is parked. */
export function expectReason(reason: unknown): void {
  if (reason !== undefined && typeof reason !== "string")
    unexpectedOption("reason", "a string", reason)
}

/** Returns the steps of the removal of a bot. Throws a `TypeError` for a wrong option. */
export function expectRemoval({ deleteWebhook, deleteData }: BotRemoveOptions): {
  readonly deletesWebhook: boolean
  readonly deletesData: boolean
} {
  return {
    deletesWebhook: expectBoolean("deleteWebhook", deleteWebhook ?? false),
    deletesData: expectBoolean("deleteData", deleteData ?? false),
  }
}

/** Returns whether a bot is in the store and is not being removed. */
function isPresent(row: BotRow | undefined): row is BotRow {
  return row?.state === "active" || row?.state === "parked"
}

function shortText(text: string | undefined): string | null {
  if (text === undefined) return null
  return text.slice(0, longestText).toWellFormed().replaceAll("\0", "\u{FFFD}")
}
