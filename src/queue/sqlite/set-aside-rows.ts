import type { SetAsideRow } from "../set-aside-row.js"
import type { UpdateReference } from "../update-queue.js"
import { rows, type SqliteDatabase, type SqlAnswer } from "./sqlite-driver.js"
import { setAsideStatements } from "./statements.js"
import { step } from "./steps.js"
import { type KeptRow, keptUpdate, textOf } from "./stored-text.js"
import type { HandledUpdate, StoredPlace, UpdateRows } from "./update-rows.js"

/** What another process has asked for. */
export type Request = {
  readonly number: number
  readonly isReplay: number
  readonly botId: number
  readonly updateId: number
}

/**
 * What was set aside with its error, and what other processes ask to be done with it. Writes within a
 * transaction, which is the caller's.
 */
export class SetAsideRows {
  readonly #updates: UpdateRows
  readonly #statements: ReturnType<typeof setAsideStatements>

  constructor(database: SqliteDatabase, updates: UpdateRows) {
    this.#updates = updates
    this.#statements = setAsideStatements(database)
  }

  /** An update leaves its lane and is kept with its error. */
  add(update: HandledUpdate, error: string, now: number): void {
    this.#statements.keep.run(now, error, update.sequence)
    step("setAside: error kept")
    this.#updates.remove([update])
    step("setAside: update removed")
    this.#updates.remember([update], now)
    step("setAside: id kept")
  }

  /** What is here, oldest first. */
  list(limit: number): SetAsideRow[] {
    return rows<KeptRow>(this.#statements.kept, limit).map(keptUpdate)
  }

  /** How many are here. */
  count(): number {
    return rows<{ count: number }>(this.#statements.keptCount)[0]?.count ?? 0
  }

  /** Removes one; answers whether it was here. */
  drop({ botId, updateId }: UpdateReference): boolean {
    return Number(this.#statements.drop.run(botId, updateId).changes) > 0
  }

  /** Puts one behind all others, as if it had never been taken. */
  replay(reference: UpdateReference, now: number): StoredPlace | undefined {
    const { botId, updateId } = reference
    const [kept] = rows<{ lane: SqlAnswer }>(this.#statements.lane, botId, updateId)
    if (!kept) return undefined
    this.#statements.reclaim.run(botId, updateId)
    const sequence = this.#updates.replay(reference, now)
    this.drop(reference)
    return { sequence, botId, lane: textOf(kept.lane), dueAt: 0 }
  }

  /** A number that changes when another process has written to the file. */
  otherWrites(): number {
    const { dataVersion } = this.#statements
    return rows<{ data_version: number }>(dataVersion)[0]?.data_version ?? 0
  }

  /** What other processes have asked for and has not been done, oldest first. */
  requests(): readonly Request[] {
    return rows<Request>(this.#statements.requests)
  }

  /** Does what was asked for; answers the places of what was replayed. */
  answer(asked: readonly Request[], now: number): StoredPlace[] {
    const places = asked.map((one) =>
      one.isReplay === 1 ? this.replay(one, now) : void this.drop(one),
    )
    this.#statements.answered.run(asked.at(-1)?.number ?? 0)
    return places.filter((place): place is StoredPlace => place !== undefined)
  }
}
