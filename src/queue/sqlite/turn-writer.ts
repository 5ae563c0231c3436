import type { Logger } from "../../ground/logger.js"
import type { KnownLanes } from "./known-lanes.js"
import type { UpdateReference } from "../update-queue.js"
import { type PendingMove, PendingPut, type PendingWrite } from "./pending-write.js"
import { step } from "./steps.js"
import type { UpdateStore } from "./update-store.js"

/** How long after a failed write the endings are tried again, in milliseconds. */
const againMs = 250

/** What a {@link TurnWriter} works with. */
export interface TurnWriterOptions {
  readonly store: UpdateStore
  readonly lanes: KnownLanes
  readonly logger: Logger
  /** Called after each turn, whether it could be written or not. */
  readonly ended: () => void
}

/**
 * Writes what is asked for in one turn of the event loop in one transaction, at the end of the turn.
 *
 * When that fails, its puts are refused, because Telegram has them; the endings of deliveries, which
 * nobody else has, stay and are tried again until they are written.
 */
export class TurnWriter {
  readonly #options: TurnWriterOptions
  /** In the order in which they were asked for. */
  #puts: (PendingPut | PendingMove)[] = []
  #putCount = 0
  #endings: PendingWrite[] = []
  #turn: ReturnType<typeof setImmediate> | undefined
  #again: ReturnType<typeof setTimeout> | undefined
  #isFailing = false

  constructor(options: TurnWriterOptions) {
    this.#options = options
  }

  /** How many puts this turn has. */
  get putCount(): number {
    return this.#putCount
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

  /** Moves an update behind what has been put in this turn so far. */
  move(write: PendingMove): void {
    this.#puts.push(write)
    this.schedule()
  }

  /** Writes the end of a delivery with this turn. */
  end(write: PendingWrite): void {
    this.#endings.push(write)
    // After a failure they wait together.
    if (this.#again === undefined) this.schedule()
  }

  /** Ends the turn, though nothing may have to be written. */
  schedule(): void {
    this.#turn ??= setImmediate(() => this.flush())
  }

  /** Ends the turn now. */
  flush(): void {
    clearImmediate(this.#turn)
    clearTimeout(this.#again)
    this.#turn = this.#again = undefined
    if (this.#puts.length + this.#endings.length > 0) this.#write()
    this.#options.ended()
  }

  /** Writes what is left and nothing more. What cannot be written is refused. */
  close(reason: Error): void {
    this.flush()
    clearTimeout(this.#again)
    for (const ending of this.#endings) ending.refuse(reason)
    this.#endings = []
  }

  #write(): void {
    const { store, lanes } = this.#options
    const writes = [...this.#endings, ...this.#puts]
    const now = Date.now()
    try {
      store.write(() => {
        for (const one of writes) one.write(store, now)
        store.prune(now)
      })
    } catch (error) {
      // `UpdateStore.write` throws nothing but `StorageError`s.
      return this.#refuse(error as Error)
    }
    this.#puts = []
    this.#putCount = 0
    this.#endings = []
    for (const one of writes) one.apply(lanes)
    for (const one of writes) one.answer()
    step("transaction: answered")
    this.#succeeded()
  }

  #refuse(reason: Error): void {
    const puts = this.#puts
    this.#puts = []
    this.#putCount = 0
    for (const put of puts) put.refuse(reason)
    if (this.#endings.length > 0) this.#again = setTimeout(() => this.flush(), againMs)
    if (!this.#isFailing) this.#options.logger.error(`${reason.message}. Trying again`)
    this.#isFailing = true
  }

  #succeeded(): void {
    if (this.#isFailing) this.#options.logger.info("The queue file can be used again")
    this.#isFailing = false
  }
}
