import type { AnnouncedPut } from "../../events/index.js"
import type { NewUpdate } from "../new-update.js"
import { type StorageError } from "../storage-error.js"
import { type ParkedUpdate, QueueFull } from "../update-queue.js"
import { columnsOf, EarlyStatements, updateTypeNames } from "./early-statements.js"
import { type HeldLane, heldLanes, type HolderRow } from "./held-lanes.js"
import { isCollision, isValueError } from "./postgres-failure.js"
import type { StandingConnection } from "./standing-connection.js"
import type { SlotFence } from "./slot-fence.js"
import { postgresCrashPoint } from "./crash-points.js"
import { quoted } from "./tables.js"

/** The maximum number of updates of one transaction. */
const batchSize = 1_000
/** The maximum number of tries of a transaction that collides with another. */
const maxTries = 5
/**
 * The divisor of a counted room. One eighth of the room may be filled before the room is counted again,
 * because other processes fill the room, too.
 */
const roomShare = 8
/** The longest time for which a count of the room is used, in milliseconds. */
const roomMs = 1_000

/** The options of a {@link PutWriter}. */
export interface PutWriterOptions {
  readonly connection: StandingConnection
  /** The name of the queue's schema. */
  readonly schema: string
  readonly capacity: number | undefined
  /** The slots of a shard; absent for a queue in one database. */
  readonly fence: SlotFence | undefined
  /** The channel on which this process is notified; `null` if it is not. */
  readonly channel: string | null
  /**
   * Called after updates have been stored, with their number and the channel of a worker to wake. The
   * channel is `null` if no other worker listens.
   */
  readonly stored: (count: number, channelToWake: string | null) => void
  /** Called with the updates that have entered their lanes, and the lanes that other workers hold. */
  readonly entered: (updates: readonly NewUpdate[], held: readonly HeldLane[]) => void
}

/**
 * A write that waits for its transaction: a put, the parking of an early update, or the unparking of a
 * parked one.
 */
interface PendingStore {
  readonly kind: "put" | "park" | "unpark"
  readonly update: NewUpdate
  /** The bot and the id of the update, as text. */
  readonly key: string
  /** The number of the turn of the event loop in which the write was asked for. */
  readonly turn: number
  /**
   * The announcement of the put, in which a known update is marked; absent if the channel has no
   * subscriber.
   */
  readonly announced: AnnouncedPut | undefined
  readonly promise: Promise<void>
  readonly resolve: () => void
  readonly reject: (reason: Error) => void
}

/** The row that the function `put` returns. put-function.ts explains the columns. */
interface PutRow {
  readonly refused: readonly number[] | null
  readonly known: readonly number[] | null
  /** A `bigint`, as text. */
  readonly room: string | null
  readonly wake_channel: string | null
  readonly holders: readonly HolderRow[] | null
  /** The numbers of the updates whose slots are not on this shard: then no update was stored. */
  readonly closed?: readonly number[] | null
}

const noAnswer: PutRow = { refused: [], known: [], room: null, wake_channel: null, holders: null }

/**
 * A writer that stores updates. The writes of one turn of the event loop share a transaction. Only one
 * transaction runs at a time, so that the updates of this process are stored in order; the writes of
 * all turns in the meantime go into the next transaction.
 */
export class PutWriter {
  readonly #options: PutWriterOptions
  readonly #statement: string
  readonly #early: EarlyStatements
  /** The puts that are not settled, by the key of their update. */
  readonly #known = new Map<string, PendingStore>()
  /** The writes that wait for a transaction, in the order of the calls. */
  #waiting: PendingStore[] = []
  /** The number of the present turn of the event loop, among the turns with writes. */
  #turn = 0
  #isScheduled = false
  #isWriting = false
  #isClosed = false
  /**
   * The maximum number of writes of the next transaction: fewer while the writer searches for an update that
   * the database refuses.
   */
  #batchLimit = batchSize
  /**
   * The number of updates that may be put before the room is counted again, and the time on the clock
   * of `performance.now` until which this number is used.
   */
  #room = { left: 0, until: 0 }

  constructor(options: PutWriterOptions) {
    this.#options = options
    const schema = quoted(options.schema)
    this.#statement = options.fence
      ? `SELECT * FROM ${schema}.put_into_slots($1, $2, $3, $4, $5, $6, $7, $8)`
      : `SELECT * FROM ${schema}.put($1, $2, $3, $4, $5, $6, $7)`
    this.#early = new EarlyStatements(options.connection, options.schema)
  }

  /** Resolves if there is room for an update. Rejects as a put would. */
  async probe(): Promise<void> {
    const { connection, capacity = null } = this.#options
    const values = [[], [], [], [], capacity, null, null, ...this.#slotsOf([])]
    const [answer] = await connection.query<PutRow>(this.#statement, values)
    if (capacity !== null && Number(answer?.room) <= 0) throw new QueueFull(capacity)
  }

  /**
   * Stores an update with this turn's transaction. A repeated put of an update that is being written
   * returns the first one's promise.
   */
  put(update: NewUpdate, announced?: AnnouncedPut): Promise<void> {
    return this.#begin("put", update, announced).promise
  }

  /** Parks an early update with this turn's transaction. */
  park(update: NewUpdate, announced?: AnnouncedPut): ParkedUpdate {
    // An update that is already being written is unparked by its first caller, or needs no unparking.
    let isParked = !this.#known.has(keyOf(update))
    const pending = this.#begin("park", update, announced)
    const unpark = () => {
      if (isParked) this.#unpark(pending)
      isParked = false
    }
    return { put: pending.promise, unpark }
  }

  #begin(kind: "put" | "park", update: NewUpdate, announced?: AnnouncedPut): PendingStore {
    postgresCrashPoint("put: asked")
    const key = keyOf(update)
    const known = this.#known.get(key)
    if (known) {
      if (announced) announced.isRepeated = true
      return known
    }
    const pending = { kind, update, key, turn: this.#turn, announced, ...deferred() }
    this.#known.set(key, pending)
    this.#add(pending)
    return pending
  }

  /** Moves a parked update to the end of its lane, behind the updates that were put so far. */
  #unpark(put: PendingStore): void {
    if (this.#isClosed) return
    // No caller waits for this write, and the put's promise has settled. If the write fails, a worker
    // unparks the update later.
    this.#add({ ...put, kind: "unpark", turn: this.#turn })
  }

  #add(pending: PendingStore): void {
    this.#waiting.push(pending)
    if (this.#isScheduled) return
    this.#isScheduled = true
    setImmediate(() => this.#turnEnded())
  }

  /** Resolves when no put is being written. Parked updates are left to the workers. */
  async close(): Promise<void> {
    this.#isClosed = true
    while (this.#known.size > 0) await Promise.allSettled(this.#promises())
  }

  #promises(): Promise<void>[] {
    return Array.from(this.#known.values(), ({ promise }) => promise)
  }

  #turnEnded(): void {
    this.#isScheduled = false
    this.#turn += 1
    if (!this.#isWriting) void this.#writeAll()
  }

  async #writeAll(): Promise<void> {
    this.#isWriting = true
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(
        0,
        Math.min(countOfSameKind(this.#waiting), this.#batchLimit),
      )
      try {
        await this.#write(batch)
        this.#batchLimit = Math.min(this.#batchLimit * 2, batchSize)
      } catch (error) {
        // A standing connection rejects only with `StorageError`s.
        this.#failed(batch, error as StorageError)
      }
    }
    this.#isWriting = false
  }

  /**
   * Refuses a failed batch. If the database refuses the values of some update, halves the batch until
   * the update is found, so that the other updates are stored.
   */
  #failed(batch: PendingStore[], error: StorageError): void {
    const [first] = batch
    if (!isValueError(error) || !first) return this.#refuse(batch, error)
    if (batch.length === 1) return this.#refuse(batch, error, first.update)
    this.#waiting.unshift(...batch)
    this.#batchLimit = Math.ceil(batch.length / 2)
  }

  async #write(batch: readonly PendingStore[]): Promise<void> {
    if (batch[0]?.kind === "unpark") return this.#writeUnparks(batch)
    const answer = await this.#send(batch)
    if (answer.closed) return this.#refuseClosed(batch, new Set(answer.closed))
    postgresCrashPoint("put: stored")
    const refused = new Set(answer.refused)
    for (const number of answer.known ?? []) {
      const announced = batch[number - 1]?.announced
      if (announced) announced.isRepeated = true
    }
    batch.forEach((put, index) => {
      this.#known.delete(put.key)
      if (!refused.has(index + 1)) put.resolve()
    })
    if (batch[0]?.kind === "put") {
      this.#options.stored(batch.length - refused.size, answer.wake_channel)
      const isNew = (number: number) => !refused.has(number) && !answer.known?.includes(number)
      this.#entered(
        batch.map(({ update }, index) => (isNew(index + 1) ? update : undefined)),
        answer.holders,
      )
    }
    if (refused.size > 0) {
      const { capacity = 0 } = this.#options
      const refusedPuts = batch.filter((_, index) => refused.has(index + 1))
      this.#refuse(refusedPuts, new QueueFull(capacity))
    }
    postgresCrashPoint("put: answered")
  }

  /** Refuses the updates whose slots this shard does not have, and writes the others once more. */
  #refuseClosed(batch: readonly PendingStore[], closed: ReadonlySet<number>): void {
    const { fence } = this.#options
    this.#waiting.unshift(...batch.filter((_, index) => !closed.has(index + 1)))
    batch.forEach((put, index) => {
      if (fence && closed.has(index + 1)) this.#refuse([put], fence.refuse(put.update), put.update)
    })
  }

  /** Returns the last parameter of the statements of a shard: the slots of the updates. */
  #slotsOf(updates: readonly NewUpdate[]): [slots?: readonly number[]] {
    const { fence } = this.#options
    return fence ? [updates.map(({ botId, lane }) => fence.slotOf(botId, lane))] : []
  }

  async #writeUnparks(batch: readonly PendingStore[]): Promise<void> {
    const updates = batch.map(({ update }) => update)
    const { wake_channel: channel, holders } = await retried(() =>
      this.#early.unpark(updates, this.#options.channel),
    )
    postgresCrashPoint("unpark: written")
    this.#options.stored(batch.length, channel)
    this.#entered(updates, holders)
  }

  /** @param updates the updates of a transaction; `undefined` for one that has not entered its lane */
  #entered(
    updates: readonly (NewUpdate | undefined)[],
    holders: readonly HolderRow[] | null,
  ): void {
    const entered = updates.filter((update) => update !== undefined)
    this.#options.entered(entered, heldLanes(holders, updates))
  }

  async #send(batch: readonly PendingStore[]): Promise<PutRow> {
    const { connection, channel } = this.#options
    const updates = batch.map(({ update }) => update)
    if (batch[0]?.kind === "park") {
      const [slots] = this.#slotsOf(updates)
      const parked = await retried(() => this.#early.park(updates, slots))
      return { ...noAnswer, ...parked }
    }
    const capacity = this.#capacityFor(batch.length)
    const types = updateTypeNames(updates)
    const values = [...columnsOf(updates), capacity, channel, types, ...this.#slotsOf(updates)]
    const [answer] = await retried(() => connection.query<PutRow>(this.#statement, values))
    if (!answer) return noAnswer
    if (answer.room !== null) this.#counted(Number(answer.room))
    return answer
  }

  /** Returns the capacity if the database has to count the room, otherwise `null`. */
  #capacityFor(count: number): number | null {
    const { capacity } = this.#options
    if (capacity === undefined) return null
    const room = this.#room
    const isKnown = count <= room.left && performance.now() < room.until
    room.left -= count
    return isKnown ? null : capacity
  }

  #counted(room: number): void {
    this.#room = { left: Math.floor(room / roomShare), until: performance.now() + roomMs }
  }

  /**
   * Refuses writes, and the later writes of the same turn, so that no update overtakes a refused one.
   *
   * @param culprit the update whose values the database refused: only later writes of its lane are then
   *   refused
   */
  #refuse(puts: readonly PendingStore[], reason: Error, culprit?: NewUpdate): void {
    const turn = puts.at(-1)?.turn
    const isNext = (put: PendingStore) =>
      put.turn === turn && (!culprit || isSameLane(put.update, culprit))
    const following = this.#waiting.filter(isNext)
    this.#waiting = this.#waiting.filter((put) => !isNext(put))
    for (const put of [...puts, ...following]) {
      if (put.kind !== "unpark") this.#known.delete(put.key)
      put.reject(reason)
    }
  }
}

function isSameLane(one: NewUpdate, other: NewUpdate): boolean {
  return one.botId === other.botId && one.lane === other.lane
}

/** Returns how many writes at the front are of the same kind. */
function countOfSameKind(waiting: readonly PendingStore[]): number {
  const other = waiting.findIndex(({ kind }) => kind !== waiting[0]?.kind)
  return other < 0 ? waiting.length : other
}

/** Runs a transaction, and again if it collides with another. */
async function retried<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
  for (let tries = 1; ; tries++) {
    try {
      postgresCrashPoint("put: sent")
      return await ask()
    } catch (error) {
      // A standing connection rejects only with `StorageError`s.
      if (!isCollision(error as StorageError) || tries === maxTries) throw error
    }
  }
}

function deferred(): Pick<PendingStore, "promise" | "resolve" | "reject"> {
  let [resolve, reject]: [() => void, (reason: Error) => void] = [() => {}, () => {}]
  const promise = new Promise<void>((yes, no) => {
    resolve = yes
    reject = no
  })
  return { promise, resolve, reject }
}

function keyOf({ botId, updateId }: NewUpdate): string {
  return `${botId}:${updateId}`
}
