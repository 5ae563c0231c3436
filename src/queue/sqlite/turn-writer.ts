import type { Logger } from "../../ground/logger.js"
import type { KnownLanes } from "./known-lanes.js"
import type { UpdateReference } from "../update-queue.js"
import { PendingEnding, PendingMove, PendingPut, type PendingWrite } from "./pending-write.js"
import { step } from "./steps.js"
import type { Rows, UpdateStore } from "./update-store.js"

/** How long after a failed write the endings are tried again, in milliseconds. */
const againMs = 250

/** What a {@link TurnWriter} works with. */
export interface TurnWriterOptions {
  readonly store: UpdateStore
  readonly lanes: KnownLanes
  readonly logger: Logger
  /** Called when a transaction is on disk or could not be written, and at the end of idle turns. */
  readonly ended: () => void
}

/** A transaction that is on its way to the disk. */
interface Committed {
  readonly writes: readonly PendingWrite[]
  readonly puts: number
  /** By how many it has made the stored updates more. */
  readonly more: number
}

/**
 * Writes what is asked for in one turn of the event loop in one transaction, at the end of the turn.
 * While that is brought to the disk, puts wait for the next one. Endings do not: what has been handled
 * and is not written is handled again when this process is killed.
 *
 * When a transaction fails, its puts are refused, because Telegram has them; the endings of deliveries,
 * which nobody else has, stay and are tried again until they are written.
 */
export class TurnWriter {
  readonly #options: TurnWriterOptions
  /** In the order in which they were asked for. */
  #puts: (PendingPut | PendingMove)[] = []
  #putCount = 0
  #endings: (PendingEnding | PendingMove)[] = []
  /** In their order. */
  readonly #committed: Committed[] = []
  #synced: Promise<void> | undefined
  #turn: ReturnType<typeof setImmediate> | undefined
  #again: ReturnType<typeof setTimeout> | undefined
  #isFailing = false

  constructor(options: TurnWriterOptions) {
    this.#options = options
  }

  /** How many updates are stored or on their way. */
  get stored(): number {
    const onTheirWay = this.#committed.reduce((sum, { puts, more }) => sum + puts - more, 0)
    return this.#options.store.stored + onTheirWay + this.#putCount
  }

  /** Whether this turn puts an update. For a queue that is full: it looks through all. */
  puts({ botId, updateId }: UpdateReference): boolean {
    return this.#puts.some(
      (put) =>
        put instanceof PendingPut && put.update.botId === botId && put.update.updateId === updateId,
    )
  }

  /** Writes an update with this turn. */
  put(write: PendingPut): void {
    this.#puts.push(write)
    this.#putCount += 1
    this.schedule()
  }

  /** Moves an update with this turn, behind what has been put in it so far. */
  move(put: PendingPut): void {
    step("turn: asked")
    this.#puts.push(new PendingMove(put, (move) => this.#endings.push(move)))
    this.schedule()
  }

  /** Writes the end of a delivery with this turn. */
  end(write: PendingEnding): void {
    this.#endings.push(write)
    // After a failure they wait together.
    if (this.#again === undefined) this.schedule()
  }

  /** Ends the turn, though nothing may have to be written. */
  schedule(): void {
    this.#turn ??= setImmediate(() => this.#flush())
  }

  /** Writes what is left and nothing more. What cannot be written is refused. */
  async close(reason: Error): Promise<void> {
    await this.#idle()
    this.#flush()
    await this.#idle()
    clearTimeout(this.#again)
    const committed = this.#committed.flatMap(({ writes }) => writes)
    const left = [...committed, ...this.#endings, ...this.#puts]
    this.#endings = []
    this.#puts = []
    for (const one of left) one.refuse(reason)
  }

  /** Waits for the disk as long as it answers: what was committed meanwhile is brought there next. */
  async #idle(): Promise<void> {
    let last: Promise<void> | undefined
    while (last !== this.#synced) {
      last = this.#synced
      await last
    }
  }

  #flush(): void {
    clearImmediate(this.#turn)
    this.#turn = undefined
    const isBusy = this.#committed.length > 0
    if (isBusy && (this.#isFailing || this.#endings.length === 0)) return
    clearTimeout(this.#again)
    this.#again = undefined
    if (this.#puts.length + this.#endings.length > 0) this.#write()
    if (this.#committed.length === 0) this.#options.ended()
  }

  #write(): void {
    const { store } = this.#options
    const before = store.stored
    const now = Date.now()
    try {
      store.write((rows) => this.#writeAll(rows, now))
    } catch (error) {
      // `UpdateStore.write` throws nothing but `StorageError`s.
      return this.#refuse(error as Error)
    }
    const writes = [...this.#endings, ...this.#puts]
    this.#committed.push({ writes, puts: this.#putCount, more: store.stored - before })
    this.#puts = []
    this.#putCount = 0
    this.#endings = []
    if (this.#committed.length === 1) this.#sync()
    store.readAhead()
  }

  /** What is stored but may not be on the disk is neither answered nor refused, but tried again. */
  #sync(): void {
    const count = this.#committed.length
    this.#synced = this.#options.store.sync().then(
      () => this.#succeeded(count),
      (error: Error) => {
        this.#refusePuts(error)
        this.#again = setTimeout(() => this.#sync(), againMs)
      },
    )
  }

  #writeAll(rows: Rows, now: number): void {
    for (const one of this.#endings) if (one instanceof PendingMove) one.write(rows)
    const endings = this.#endings.filter((one) => one instanceof PendingEnding)
    PendingEnding.writeAll(endings, rows, now)
    for (let from = 0; from < this.#puts.length;) {
      const to = this.#puts.findIndex((one, index) => index >= from && one instanceof PendingMove)
      const end = to < 0 ? this.#puts.length : to
      const puts = this.#puts.slice(from, end).filter((one) => one instanceof PendingPut)
      PendingPut.writeAll(puts, rows, now)
      const move = this.#puts[end]
      if (move instanceof PendingMove) move.write(rows)
      from = end + 1
    }
    rows.updates.prune(now)
  }

  #refuse(reason: Error): void {
    this.#refusePuts(reason)
    if (this.#endings.length > 0) this.#again = setTimeout(() => this.#flush(), againMs)
  }

  #refusePuts(reason: Error): void {
    const puts = this.#puts
    this.#puts = []
    this.#putCount = 0
    for (const put of puts) put.refuse(reason)
    if (!this.#isFailing) this.#options.logger.error(`${reason.message}. Trying again`)
    this.#isFailing = true
  }

  /** @param count how many transactions are on the disk */
  #succeeded(count: number): void {
    const { lanes, store, logger, ended } = this.#options
    step("transaction: synced")
    const writes = this.#committed.splice(0, count).flatMap((one) => one.writes)
    this.#again = undefined
    for (const one of writes) one.apply(lanes, store)
    for (const one of writes) one.answer()
    step("transaction: answered")
    if (this.#isFailing) logger.info("The queue file can be used again")
    this.#isFailing = false
    if (this.#committed.length > 0) this.#sync()
    if (this.#puts.length + this.#endings.length > 0) this.schedule()
    ended()
  }
}
