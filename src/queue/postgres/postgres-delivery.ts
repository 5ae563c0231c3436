import { errorStack } from "../../ground/error-text.js"
import type { Update } from "@grammyjs/types"
import { expectDurationMs } from "../../ground/expect-option.js"
import type { Delivery, DeliveryTransaction, QueueTransaction } from "../update-queue.js"
import type { Ending, HeldUpdate } from "./held-update.js"
import {
  PostgresTransaction,
  transactionOver,
  type TransactionStore,
} from "./postgres-transaction.js"
import { crashPoint } from "./crash-points.js"

/** A row of an update that was taken, as `pg` reads it. */
export interface TakenRow {
  readonly bot_id: string
  readonly lane: string
  readonly epoch: string
  readonly place: string
  readonly update_id: string
  readonly attempt: number
  /** When it was put by the database's clock, in milliseconds since 1970. */
  readonly put_at: number
  readonly body: string
}

/** What a delivery needs of its queue. */
export interface DeliveryEndings extends TransactionStore {
  /** Writes an ending: resolves when it is committed, rejects with `LeaseLost` where it must not be. */
  end(ending: Ending): Promise<void>
  /** Writes an ending that somebody may not wait for, if it can be written. */
  endUnheeded(ending: Ending): void
}

/** How long after a transaction that could not be committed its update is taken again. */
const againMs = 1_000

/** One update of a `PostgresQueue` in the hands of one worker. Only the first ending counts. */
export class PostgresDelivery implements Delivery, DeliveryTransaction, HeldUpdate {
  readonly botId: number
  readonly update: Update
  readonly lane: string
  readonly attempt: number
  readonly receivedAt: number
  worker: string
  readonly epoch: string
  readonly place: string
  readonly #endings: DeliveryEndings
  readonly #abort = new AbortController()
  #transaction: PostgresTransaction | undefined
  #isEnded = false
  #isRolledBack = false

  /** Throws a `SyntaxError` where the row is damaged. */
  constructor(row: TakenRow, receivedAt: number, worker: string, endings: DeliveryEndings) {
    this.botId = Number(row.bot_id)
    this.update = storedUpdate(row)
    this.lane = row.lane
    this.attempt = row.attempt
    this.receivedAt = Math.round(receivedAt)
    this.worker = worker
    this.epoch = row.epoch
    this.place = row.place
    this.#endings = endings
  }

  /** Aborts when the lease of this worker has ended: another may have the update. */
  get signal(): AbortSignal {
    return this.#abort.signal
  }

  /** The transaction that `done` commits. */
  get transaction(): DeliveryTransaction {
    return this
  }

  async begin(): Promise<QueueTransaction> {
    if (this.#isEnded || this.#isRolledBack) throw transactionOver()
    this.#transaction ??= new PostgresTransaction(this.#endings)
    return this.#transaction.begin()
  }

  async rollBack(): Promise<void> {
    this.#isRolledBack = true
    await this.#transaction?.rollBack()
  }

  async done(): Promise<void> {
    if (!this.#end()) return
    crashPoint("done: asked")
    const ending: Ending = { delivery: this, kind: "done", delayMs: 0, error: null }
    if (!this.#transaction || this.#isRolledBack) return this.#endings.end(ending)
    try {
      await this.#transaction.commit(ending)
      this.#endings.ended(this)
    } catch (error) {
      // Where the transaction was committed after all, this changes nothing.
      this.#endings.endUnheeded({ ...ending, kind: "retry", delayMs: againMs })
      throw error
    }
  }

  async retry(options: { readonly delayMs?: number } = {}): Promise<void> {
    const delayMs = expectDurationMs("delayMs", options.delayMs ?? 0)
    if (!this.#end()) return
    crashPoint("retry: asked")
    await this.rollBack()
    await this.#endings.end({ delivery: this, kind: "retry", delayMs, error: null })
  }

  async setAside(error: unknown): Promise<void> {
    if (!this.#end()) return
    crashPoint("setAside: asked")
    await this.rollBack()
    const text = storableText(errorStack(error))
    await this.#endings.end({ delivery: this, kind: "setAside", delayMs: 0, error: text })
  }

  async handBack(): Promise<boolean> {
    if (!this.#end()) return false
    crashPoint("handBack: asked")
    await this.rollBack()
    await this.#endings.end({ delivery: this, kind: "handBack", delayMs: 0, error: null })
    return true
  }

  lose(reason: Error): void {
    this.#abort.abort(reason)
    void this.rollBack()
  }

  #end(): boolean {
    const isFirst = !this.#isEnded
    this.#isEnded = true
    return isFirst
  }
}

/** The update of a row. Somebody may have altered what `put` has stored. */
function storedUpdate({ body, update_id: id }: TakenRow): Update {
  // What `put` was given, as JSON, unless it was altered.
  const update = JSON.parse(body) as Update | null
  if (update?.update_id !== Number(id)) throw new SyntaxError(`It is not that of update ${id}`)
  return update
}

/** A text without what PostgreSQL does not keep: NUL and lone surrogates. */
function storableText(text: string): string {
  return text.replaceAll(/\0|\p{Surrogate}/gu, "\u{fffd}")
}
