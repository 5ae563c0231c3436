import type { Logger } from "../../ground/logger.js"
import type { KnownLanes } from "./known-lanes.js"
import type { UpdateReference } from "../update-queue.js"
import { PendingChange, PendingMove, type PendingPut, type PendingWrite } from "./pending-write.js"
import { step } from "./steps.js"
import { TurnBatch } from "./turn-batch.js"
import type { Rows, UpdateStore } from "./update-store.js"

/** How many bytes are written to see whether the disk takes any, where no more were refused. */
const leastTrial = 8_192

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
  /** The last place of all that are stored. */
  readonly lastSequence: number
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
  /** What is refused where it cannot be written, in the order in which it was asked for. */
  #puts: PendingWrite[] = []
  #putCount = 0
  /** What is tried again until it is written. */
  #endings: PendingWrite[] = []
  /** In their order. */
  readonly #committed: Committed[] = []
  #synced: Promise<void> | undefined
  #turn: ReturnType<typeof setImmediate> | undefined
  #again: ReturnType<typeof setTimeout> | undefined
  /** Why the last transaction could not be written, or would not be found. */
  #failure: Error | undefined
  /** How many bytes were refused at last. */
  #refusedBytes = 0
  #trial: Promise<void> | undefined

  constructor(options: TurnWriterOptions) {
    this.#options = options
  }

  /** How many updates are stored or on their way. */
  get stored(): number {
    const onTheirWay = this.#committed.reduce((sum, { puts, more }) => sum + puts - more, 0)
    return this.#options.store.stored + onTheirWay + this.#putCount
  }

  /** Whether this turn puts an update. For a queue that is full: it looks through all. */
  puts(reference: UpdateReference): boolean {
    return this.#puts.some((put) => put.isPutOf(reference))
  }

  /** Writes with this turn, or refuses where that cannot be done. */
  put(write: PendingWrite): void {
    this.#puts.push(write)
    this.#putCount += write.adds
    this.schedule()
  }

  /** Moves an update with this turn, behind what has been put in it so far. */
  move(put: PendingPut): void {
    step("turn: asked")
    this.put(new PendingMove(put, (move) => this.#endings.push(move)))
  }

  /** {@link TurnWriter.put} for what an operator asks for. */
  change<Result>(
    change: (rows: Rows, now: number) => Result,
    applied: (result: Result) => void = () => {},
  ): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.put(new PendingChange(change, applied, { resolve, reject }))
    })
  }

  /** Writes with this turn, or as soon as that can be done. */
  end(write: PendingWrite): void {
    this.#endings.push(write)
    // After a failure they wait together.
    if (this.#again === undefined) this.schedule()
  }

  /**
   * Resolves where updates are being stored. Where the last ones could not be, a row of their size is
   * written: rejects where that cannot be done either.
   */
  async probe(): Promise<void> {
    const gone = this.look()
    if (gone) throw gone
    if (!this.#failure) return
    const bytes = Math.max(leastTrial, this.#refusedBytes)
    this.#trial ??= this.change(({ updates }) => updates.writeTrial(bytes)).finally(() => {
      this.#trial = undefined
    })
    await this.#trial
  }

  /** Looks whether the file is where it was opened; answers, and says in the log, why not. */
  look(): Error | undefined {
    const gone = this.#options.store.whyGone()
    if (gone) this.#fail(gone)
    return gone
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
    if (isBusy && (this.#failure || this.#endings.length === 0)) return
    clearTimeout(this.#again)
    this.#again = undefined
    if (this.#puts.length + this.#endings.length > 0) this.#write()
    if (this.#committed.length === 0) this.#options.ended()
  }

  #write(): void {
    const { store } = this.#options
    const gone = this.#puts.length > 0 ? this.look() : undefined
    if (gone) this.#refusePuts(gone)
    const [puts, endings] = [this.#puts, this.#endings]
    if (puts.length + endings.length === 0) return
    const before = store.stored
    try {
      const now = Date.now()
      store.write((rows) => writeAll([...endings, ...puts], rows, now))
    } catch (error) {
      // `UpdateStore.write` throws nothing but `StorageError`s.
      return this.#refuse(error as Error)
    }
    const { stored, lastSequence } = store
    const writes = [...endings, ...puts]
    this.#committed.push({ writes, puts: this.#putCount, more: stored - before, lastSequence })
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

  #refuse(reason: Error): void {
    this.#refusePuts(reason)
    if (this.#endings.length > 0) this.#again = setTimeout(() => this.#flush(), againMs)
  }

  #refusePuts(reason: Error): void {
    const puts = this.#puts
    this.#puts = []
    this.#putCount = 0
    for (const put of puts) put.refuse(reason)
    this.#refusedBytes = puts.reduce((sum, { bytes }) => sum + bytes, 0) || this.#refusedBytes
    this.#fail(reason)
  }

  #fail(reason: Error): void {
    if (!this.#failure) this.#options.logger.error(`${reason.message}. Trying again`)
    this.#failure = reason
  }

  /** @param count how many transactions are on the disk */
  #succeeded(count: number): void {
    const { lanes, store, ended } = this.#options
    step("transaction: synced")
    const committed = this.#committed.splice(0, count)
    const writes = committed.flatMap((one) => one.writes)
    this.#again = undefined
    lanes.applied(committed.at(-1)?.lastSequence ?? 0)
    for (const one of writes) one.apply(lanes, store)
    const gone = this.look()
    for (const one of writes) one.answer(gone)
    step("transaction: answered")
    if (!gone) this.#recover()
    if (this.#committed.length > 0) this.#sync()
    if (this.#puts.length + this.#endings.length > 0) this.schedule()
    ended()
  }

  #recover(): void {
    if (this.#failure) this.#options.logger.info("The queue file can be used again")
    this.#failure = undefined
  }
}

function writeAll(writes: readonly PendingWrite[], rows: Rows, now: number): void {
  const batch = new TurnBatch(rows, now)
  for (const one of writes) one.write(batch, now)
  batch.end()
}
