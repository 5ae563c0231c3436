import type { SetAsideRow } from "../set-aside-row.js"
import type { UpdateReference } from "../update-queue.js"
import { rows, type SqliteDatabase, type SqlAnswer } from "./sqlite-driver.js"
import { setAsideStatements } from "./statements.js"
import { sqliteCrashPoint } from "./crash-points.js"
import { type SetAsideBytes, setAsideRow, columnText } from "./stored-text.js"
import type { HandledUpdate, StoredPlace, UpdateRows } from "./update-rows.js"

/** A request of another process to replay or to drop an update. */
export type AdminRequest = {
  readonly number: number
  readonly isReplay: number
  readonly botId: number
  readonly updateId: number
}

/**
 * The tables `set_aside` and `requests`: the updates that were set aside, and the requests of other
 * processes. The caller begins and commits the transaction.
 */
export class SetAsideRows {
  readonly #updates: UpdateRows
  readonly #statements: ReturnType<typeof setAsideStatements>

  constructor(database: SqliteDatabase, updates: UpdateRows) {
    this.#updates = updates
    this.#statements = setAsideStatements(database)
  }

  /** Moves an update out of its lane into `set_aside`, with its error. */
  add(update: HandledUpdate, error: string, now: number): void {
    this.#statements.add.run(now, error, update.sequence)
    sqliteCrashPoint("setAside: error stored")
    this.#updates.remove([update])
    sqliteCrashPoint("setAside: update removed")
    this.#updates.remember([update], now)
    sqliteCrashPoint("setAside: id remembered")
  }

  /** Returns the updates that were set aside, oldest first. */
  list(limit: number): SetAsideRow[] {
    return rows<SetAsideBytes>(this.#statements.list, limit).map(setAsideRow)
  }

  /** Returns the number of updates that were set aside. */
  count(): number {
    return rows<{ count: number }>(this.#statements.count)[0]?.count ?? 0
  }

  /** Deletes an update that was set aside. Returns false if there is none. */
  drop({ botId, updateId }: UpdateReference): boolean {
    return Number(this.#statements.drop.run(botId, updateId).changes) > 0
  }

  /**
   * Moves an update back to the end of its lane, as attempt 1. Returns its position, or `undefined` if
   * no such update was set aside.
   */
  replay(reference: UpdateReference, now: number): StoredPlace | undefined {
    const { botId, updateId } = reference
    const [found] = rows<{ lane: SqlAnswer }>(this.#statements.lane, botId, updateId)
    if (!found) return undefined
    this.#statements.reclaim.run(botId, updateId)
    const sequence = this.#updates.replay(reference, now)
    this.drop(reference)
    return { sequence, botId, lane: columnText(found.lane), dueAt: 0 }
  }

  /** Returns a number that changes when another process writes to the file. */
  dataVersion(): number {
    const { dataVersion } = this.#statements
    return rows<{ data_version: number }>(dataVersion)[0]?.data_version ?? 0
  }

  /** Returns the open requests of other processes, oldest first. */
  requests(): readonly AdminRequest[] {
    return rows<AdminRequest>(this.#statements.requests)
  }

  /** Carries out requests and deletes them. Returns the positions of the replayed updates. */
  carryOut(requests: readonly AdminRequest[], now: number): StoredPlace[] {
    const places = requests.map((one) =>
      one.isReplay === 1 ? this.replay(one, now) : void this.drop(one),
    )
    this.#statements.answered.run(requests.at(-1)?.number ?? 0)
    return places.filter((place): place is StoredPlace => place !== undefined)
  }
}
