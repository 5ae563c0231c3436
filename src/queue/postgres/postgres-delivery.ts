import { redactSecrets } from "../../telegram/redact-tokens.js"
import { errorStack } from "../../ground/error-text.js"
import type { Update } from "@grammyjs/types"
import { expectDurationMs } from "../../ground/expect-option.js"
import { StateConflict, type StateWrite } from "../state-store.js"
import { StorageError } from "../storage-error.js"
import type {
  Delivery,
  DeliveryRetryOptions,
  DeliveryTransaction,
  QueueTransaction,
} from "../update-queue.js"
import type { Ending, HeldUpdate } from "./held-update.js"
import {
  PostgresTransaction,
  transactionOver,
  type TransactionStore,
} from "./postgres-transaction.js"
import { postgresCrashPoint } from "./crash-points.js"
import { storedWrites } from "./state-statement.js"
import { updateOfRow } from "./update-of-row.js"

/** The row of a taken update, as `pg` returns it: `bigint`s come as text. */
export interface TakenRow {
  readonly bot_id: string
  readonly lane: string
  readonly epoch: string
  readonly place: string
  readonly update_id: string
  readonly attempt: number
  /** The time of the put on the database's clock, in milliseconds since 1970. */
  readonly put_at: number
  readonly body: string
}

/** The part of the queue that ends deliveries. */
export interface DeliveryEndings extends TransactionStore {
  /** Throws a `TypeError` if the end of an update of this bot cannot store these writes. */
  expectWrites(botId: number, writes: readonly StateWrite[]): void
  /**
   * Writes an ending. Resolves when it is committed; rejects with `LeaseLost` if the update is no longer this
   * worker's, and with a `StateConflict` if its writes conflict.
   */
  end(ending: Ending): Promise<void>
  /** Writes an ending that no caller waits for, if it can be written. */
  endInBackground(ending: Ending): void
  /**
   * Records a step after which the delivery adds its ending, so that the queue closes only when the ending is
   * written. Returns a promise that settles as the step does.
   */
  beforeEnd(step: Promise<void>): Promise<void>
}

/** The delay of the retry after a transaction that could not be committed, in milliseconds. */
const retryMs = 1_000
const noWrites: readonly StateWrite[] = []

/** A delivery of a `PostgresQueue`. Calls after the first end do nothing. */
export class PostgresDelivery implements Delivery, DeliveryTransaction, HeldUpdate {
  readonly botId: number
  readonly update: Update
  readonly lane: string
  readonly attempt: number
  readonly receivedAt: number
  worker: string
  readonly epoch: string
  readonly place: string
  readonly updateId: number
  readonly heldSinceMs = performance.now()
  readonly #endings: DeliveryEndings
  readonly #abort = new AbortController()
  #transaction: PostgresTransaction | undefined
  #isEnded = false
  #isRolledBack = false

  /** Throws a `SyntaxError` if the stored text is damaged. */
  constructor(row: TakenRow, receivedAt: number, worker: string, endings: DeliveryEndings) {
    this.botId = Number(row.bot_id)
    this.update = updateOfRow(row)
    this.lane = row.lane
    this.attempt = row.attempt
    this.receivedAt = Math.round(receivedAt)
    this.worker = worker
    this.epoch = row.epoch
    this.place = row.place
    this.updateId = this.update.update_id
    this.#endings = endings
  }

  /** A signal that aborts when this worker's lease has ended: another worker may have the update. */
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

  async done(writes: readonly StateWrite[] = noWrites): Promise<void> {
    const stored = this.#isEnded ? undefined : storedWrites(writes)
    if (stored) this.#endings.expectWrites(this.botId, writes)
    if (!this.#claimEnd()) return
    postgresCrashPoint("done: asked")
    const end: Ending = { delivery: this, kind: "done", delayMs: 0, error: null }
    const transaction = this.#isRolledBack ? undefined : this.#transaction
    if (!transaction && !stored) return this.#endings.end(end)
    try {
      await this.#write({ ...end, writes: stored }, transaction)
    } catch (error) {
      if (error instanceof StateConflict) {
        this.#isEnded = false
        this.#transaction = undefined
      } else if (transaction || error instanceof StorageError) {
        // If the transaction was committed although its answer was lost, the database refuses this
        // retry.
        this.#endings.endInBackground({ ...end, kind: "retry", delayMs: retryMs })
      }
      throw error
    }
  }

  async retry({ delayMs = 0, isCounted = true }: DeliveryRetryOptions = {}): Promise<void> {
    expectDurationMs("delayMs", delayMs)
    if (!this.#claimEnd()) return
    postgresCrashPoint("retry: asked")
    await this.#endings.beforeEnd(this.rollBack())
    const kind = isCounted ? "retry" : "handBack"
    await this.#endings.end({ delivery: this, kind, delayMs, error: null })
  }

  async setAside(error: unknown): Promise<void> {
    if (!this.#claimEnd()) return
    postgresCrashPoint("setAside: asked")
    await this.#endings.beforeEnd(this.rollBack())
    const text = storableText(redactSecrets(errorStack(error)))
    await this.#endings.end({ delivery: this, kind: "setAside", delayMs: 0, error: text })
  }

  async handBack(): Promise<boolean> {
    if (!this.#claimEnd()) return false
    postgresCrashPoint("handBack: asked")
    await this.#endings.beforeEnd(this.rollBack())
    await this.#endings.end({ delivery: this, kind: "handBack", delayMs: 0, error: null })
    return true
  }

  lose(reason: Error): void {
    this.#abort.abort(reason)
    void this.rollBack()
  }

  async #write(ending: Ending, transaction: PostgresTransaction | undefined): Promise<void> {
    if (!transaction) return this.#endings.end(ending)
    await this.#endings.beforeEnd(transaction.commit(ending))
    this.#endings.ended(this)
  }

  #claimEnd(): boolean {
    const isFirst = !this.#isEnded
    this.#isEnded = true
    return isFirst
  }
}

/** Replaces the characters that PostgreSQL cannot store: NUL and lone surrogates. */
function storableText(text: string): string {
  return text.replaceAll(/\0|\p{Surrogate}/gu, "\u{fffd}")
}
