import { isUtf8 } from "node:buffer"
import type { OwnContent } from "../../telegram/own-update.js"
import type { OwnPut, TimerCancel } from "../state-store.js"
import { rows, type SqlAnswer, type SqliteDatabase } from "./sqlite-driver.js"
import { type TimerStatements, timerStatements } from "./statements.js"
import { bytesOf, columnText } from "./stored-text.js"
import type { StoredPlace, UpdateRows } from "./update-rows.js"

/** A timer as SQLite returns it. */
type TimerRow = Readonly<Record<"number" | "botId", number>> & { readonly own: SqlAnswer }

/** The result of {@link TimerRows.putDue}. */
export interface DueTimersPut {
  /** The number of timers that were due. */
  readonly count: number
  /** The places of the own updates that were put. */
  readonly places: StoredPlace[]
  /** A message for the log about each timer that is damaged. */
  readonly damaged: string[]
}

/**
 * The table `timers`: the own updates that wait for their time. The caller begins and commits the
 * transaction.
 */
export class TimerRows {
  readonly #statements: TimerStatements
  readonly #updates: UpdateRows
  /** A time before which no timer is due, in milliseconds since 1970. */
  #nextDueAt: number

  constructor(database: SqliteDatabase, updates: UpdateRows) {
    this.#statements = timerStatements(database)
    this.#updates = updates
    this.#nextDueAt = this.#readNextDue()
  }

  /** A time before which no timer is due, in milliseconds since 1970; `Infinity` without timers. */
  get nextDueAt(): number {
    return this.#nextDueAt
  }

  /**
   * Cancels, replaces or sets a timer, or puts an own update that is due. Returns the place of an own update
   * that was put.
   */
  write(write: OwnPut | TimerCancel, now: number): StoredPlace | undefined {
    const { botId, timer } = write
    if (timer !== undefined) this.#statements.cancel.run(botId, timer)
    if (write.kind === "cancel") return undefined
    const { own, dueAt = 0 } = write
    if (dueAt <= now) return this.#updates.putOwn(botId, own, now)
    this.#statements.add.run(botId, timer ?? null, dueAt, JSON.stringify(own))
    this.#nextDueAt = Math.min(this.#nextDueAt, dueAt)
    return undefined
  }

  /** Puts the own updates of up to `limit` timers that are due. Timers that are damaged are set aside. */
  putDue(now: number, limit: number): DueTimersPut {
    const due = rows<TimerRow>(this.#statements.due, now, limit)
    const places: StoredPlace[] = []
    const damaged: string[] = []
    for (const { number, botId, own } of due) {
      const content = storedOwn(own)
      if (content) places.push(this.#updates.putOwn(botId, content, now))
      else damaged.push(this.#setDamagedAside(botId, own, now))
      this.#statements.remove.run(number)
    }
    this.#nextDueAt = this.#readNextDue()
    return { count: due.length, places, damaged }
  }

  /** Moves the text of a damaged timer into `set_aside`, and returns a message for the log. */
  #setDamagedAside(botId: number, own: SqlAnswer, now: number): string {
    const updateId = this.#updates.newOwnId()
    const message = `A timer of bot ${botId} is damaged in the queue file, and was set aside as ${updateId}`
    this.#statements.setAside.run(botId, updateId, now, message, columnText(own))
    return message
  }

  /** Returns the number of timers. */
  count(): number {
    return rows<{ count: number }>(this.#statements.count)[0]?.count ?? 0
  }

  /** Forgets the time of the next timer, after a failed transaction. */
  reset(): void {
    this.#nextDueAt = -Infinity
  }

  #readNextDue(): number {
    return rows<{ dueAt: number }>(this.#statements.next)[0]?.dueAt ?? Infinity
  }
}

/** Parses the content of a timer. Returns `undefined` if the row is damaged. */
function storedOwn(own: SqlAnswer): OwnContent | undefined {
  const bytes = bytesOf(own)
  if (!bytes || !isUtf8(bytes)) return undefined
  try {
    // `write` has stored the text, unless the disk has changed the row.
    const content = JSON.parse(bytes.toString()) as OwnContent | null
    const isWhole = typeof content?.name === "string" && typeof content.lane === "string"
    return isWhole ? content : undefined
  } catch {
    return undefined
  }
}
