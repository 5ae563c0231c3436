import { errorSentence, isError } from "../../../ground/error-text.js"
import type { Logger } from "../../../ground/logger.js"
import { Timer } from "../../../ground/timer.js"
import { StorageError } from "../../storage-error.js"
import { resumeMoves } from "./move-slots.js"
import type { ShardDatabase, ShardRecord } from "./shard-database.js"
import { shardVersion } from "./shard-tables.js"
import { notArranged, type ShardConfiguration, shardProblem } from "./shards-differ.js"
import { slotCount } from "./slots.js"

/** The time between two reads of the records, in milliseconds: while a shard has not been read, and otherwise. */
const readAgainMs = { unread: 1_000, read: 30_000 } as const
/** The time between two reads after a shard has refused a slot, in milliseconds. */
const refusedMs = 50
/** The time for which nobody works on a move until this process goes on with it, in milliseconds. */
const abandonedMs = 15_000

/** The options of a {@link SlotMap}. */
export interface SlotMapOptions {
  readonly databases: readonly ShardDatabase[]
  readonly configuration: ShardConfiguration
  /** Prepares the databases; absent if the queue must not do so. */
  readonly arrange: (() => Promise<void>) | undefined
  /** Called when the record of a shard was read for the first time and fits the configuration. */
  readonly verified: (name: string) => void
  readonly logger: Logger
}

/**
 * The shards of the slots, as this process knows them. The truth is in each shard: it refuses a slot that it does not
 * have, and then this process reads the records of all shards again.
 */
export class SlotMap {
  readonly #options: SlotMapOptions
  /** The index of the database of each slot; -1 if no shard is known to have the slot. */
  readonly #owners = new Int16Array(slotCount).fill(-1)
  /** The reason why a shard is not used, by its index; absent for a shard that was read and fits. */
  readonly #failures = new Map<number, Error>()
  readonly #verified = new Set<number>()
  #reading: Promise<void> | undefined
  #lastReadMs = -Infinity
  #timer: Timer | undefined
  #resuming: Promise<void> | undefined
  #isClosed = false
  #isWarned = false

  constructor(options: SlotMapOptions) {
    this.#options = options
  }

  /** Returns the index of the shard of a slot; `undefined` if none is known. */
  shardOf(slot: number): number | undefined {
    const owner = this.#owners[slot] ?? -1
    return owner < 0 ? undefined : owner
  }

  /** The error of a wrong configuration, which a restart has to repair; `undefined` if there is none. */
  get wrongConfiguration(): Error | undefined {
    return [...this.#failures.values()].find(isLasting)
  }

  /** Returns the error of a use of a slot that is on no known shard, and reads the records again. */
  away(slot: number): Error {
    void this.refresh()
    const wrong = this.wrongConfiguration
    if (wrong) return wrong
    const unread = [...this.#failures.keys()].map((index) => this.#options.databases[index]?.name)
    const where =
      unread.length > 0
        ? `The slot may be on ${unread.join(" or ")}, which cannot be reached`
        : "The slot is being moved"
    return new StorageError(
      "slot-away",
      `The slot ${slot} is on no shard that can be used now. ${where}`,
    )
  }

  /** Reads the records of all shards, unless they were read shortly before. Never rejects. */
  refresh(): Promise<void> {
    const isRecent = performance.now() < this.#lastReadMs + refusedMs
    if (this.#reading || this.#isClosed) return this.#reading ?? Promise.resolve()
    if (isRecent) return Promise.resolve()
    this.#timer?.stop()
    this.#reading = this.#read().finally(() => {
      this.#reading = undefined
      this.#lastReadMs = performance.now()
      const isUnread = this.#failures.size > 0
      if (this.#isClosed) return
      this.#timer = new Timer(
        () => void this.refresh(),
        isUnread ? readAgainMs.unread : readAgainMs.read,
        { keepsAlive: false },
      )
    })
    return this.#reading
  }

  /** Resolves when nothing is being read. */
  async close(): Promise<void> {
    this.#isClosed = true
    this.#timer?.stop()
    await this.#reading
    this.#timer?.stop()
    await this.#resuming
  }

  async #read(): Promise<void> {
    const { databases, arrange } = this.#options
    let records = await this.#readAll()
    let failure: Error | undefined
    if (arrange && this.#verified.size < databases.length && records.some(needsArranging)) {
      await arrange().catch((error: Error) => {
        failure = error
        for (const index of databases.keys()) this.#failed(index, error)
      })
      records = await this.#readAll()
    }
    // A shard that could not be arranged is away for the reason of the arrangement.
    const read = records.map((record, index) =>
      this.#accept(needsArranging(record) ? (failure ?? record) : record, index),
    )
    this.#learn(read)
    this.#resume(read)
  }

  #readAll(): Promise<(ShardRecord | Error | undefined)[]> {
    return Promise.all(
      this.#options.databases.map((database) => database.record().catch((error: Error) => error)),
    )
  }

  /** Returns the record of a shard that can be used. */
  #accept(record: ShardRecord | Error | undefined, index: number): ShardRecord | undefined {
    const name = this.#options.databases[index]?.name ?? ""
    if (isError(record)) return this.#failed(index, record)
    if (!record) return this.#failed(index, notArranged(name))
    const problem = shardProblem(name, record, this.#options.configuration)
    // A shard that fitted has got a new member: the slots that this process knows can still be used.
    if (problem && this.#verified.has(index)) this.#warn(problem)
    else if (problem) return this.#failed(index, problem)
    this.#failures.delete(index)
    if (this.#verified.has(index)) return record
    this.#verified.add(index)
    this.#options.verified(name)
    return record
  }

  #failed(index: number, error: unknown): undefined {
    // A database rejects only with `StorageError`s.
    const failure = error as Error
    const known = this.#failures.get(index)
    this.#failures.set(index, failure)
    if (isLasting(failure) && known?.message !== failure.message) {
      this.#options.logger.error(errorSentence(failure))
    }
  }

  #warn(problem: Error): void {
    if (!this.#isWarned) this.#options.logger.warn(problem.message)
    this.#isWarned = true
  }

  /** Learns the owners of the slots. A shard that was not read keeps its slots, unless another one has them. */
  #learn(records: readonly (ShardRecord | undefined)[]): void {
    for (let slot = 0; slot < slotCount; slot++) {
      const former = this.#owners[slot] ?? -1
      const owners = records.flatMap((record, index) =>
        record?.owned[slot] === "1" ? [index] : [],
      )
      const isUnread = owners.length === 0 && former >= 0 && records[former] === undefined
      // Two owners are a restored backup: the updates of the slot wait at Telegram until an operator decides.
      if (!isUnread) this.#owners[slot] = owners.length === 1 ? (owners[0] ?? -1) : -1
    }
  }

  /** Goes on with moves whose process has died. */
  #resume(records: readonly (ShardRecord | undefined)[]): void {
    const isAbandoned = records.some((record) =>
      record?.departing.some(({ idleMs }) => idleMs > abandonedMs),
    )
    if (!isAbandoned || this.#isClosed) return
    this.#resuming ??= resumeMoves(this.#options.databases, abandonedMs)
      .catch((error: unknown) => {
        this.#options.logger.warn(`${errorSentence(error)} The move of slots goes on later`)
      })
      .finally(() => (this.#resuming = undefined))
  }
}

/** Returns whether a database is no shard yet, or one of an older version. */
function needsArranging(record: ShardRecord | Error | undefined): boolean {
  return !isError(record) && (record?.version ?? 0) < shardVersion
}

/** Returns whether a failure ends only with another configuration. */
function isLasting(failure: unknown): boolean {
  const { code } = failure as Partial<StorageError>
  return code === "shards-differ" || code === "storage-outdated" || code === "storage-newer"
}
