import type { AnnouncedPut } from "../../events/index.js"
import type { NewUpdate } from "../new-update.js"
import { type StorageError } from "../storage-error.js"
import { type ParkedUpdate, QueueFull } from "../update-queue.js"
import { columnsOf, EarlyStatements } from "./early-statements.js"
import { isCollision, isOfValues } from "./postgres-failure.js"
import type { StandingConnection } from "./standing-connection.js"
import { crashPoint } from "./crash-points.js"
import { quoted } from "./tables.js"

/** How many updates are written in one transaction at most. */
const batchSize = 1_000
/** How often a transaction that collided with another is tried. */
const attempts = 5
/** While the room is larger than this many times what was put since it was counted, it is not counted. */
const roomShare = 8
/** How long a count of the room is good for, in milliseconds. */
const roomMs = 1_000

/** What a {@link PutWriter} works with. */
export interface PutWriterOptions {
  readonly connection: StandingConnection
  /** The name of the queue's schema. */
  readonly schema: string
  readonly capacity: number | undefined
  /** The channel on which this process is told of updates; `null` where it is not told. */
  readonly channel: string | null
  /** Called when updates have been stored, with their number and the channel of a worker to wake. */
  readonly stored: (count: number, tell: string | null) => void
}

/**
 * An update on its way into the database: to be put, to be kept until its turn, or, where it was kept,
 * to be put because its turn has come.
 */
interface PendingPut {
  readonly kind: "put" | "early" | "come"
  readonly update: NewUpdate
  readonly key: string
  /** The turn of the event loop in which it was put. */
  readonly turn: number
  /** Told where the update turns out to be known. */
  readonly announced: AnnouncedPut | undefined
  readonly promise: Promise<void>
  readonly resolve: () => void
  readonly reject: (reason: Error) => void
}

interface PutAnswer {
  readonly refused: readonly number[] | null
  readonly known: readonly number[] | null
  /** A `bigint`, as text. */
  readonly room: string | null
  readonly tell: string | null
}

/**
 * Writes updates, those of one turn of the event loop together, and those of the turns that pass
 * while a transaction is under way in the next one. One transaction is under way at a time, so that
 * the updates of this process are stored in their order.
 */
export class PutWriter {
  readonly #options: PutWriterOptions
  readonly #statement: string
  readonly #early: EarlyStatements
  readonly #known = new Map<string, PendingPut>()
  #waiting: PendingPut[] = []
  #turn = 0
  #isScheduled = false
  #isWriting = false
  #isClosed = false
  /** How many are written in the next transaction at most: fewer while one that is at fault is looked for. */
  #most = batchSize
  #room = { left: 0, until: 0 }

  constructor(options: PutWriterOptions) {
    this.#options = options
    this.#statement = `SELECT * FROM ${quoted(options.schema)}.put($1, $2, $3, $4, $5, $6)`
    this.#early = new EarlyStatements(options.connection, options.schema)
  }

  /** Whether an update would find room. Rejects as its put would. */
  async probe(): Promise<void> {
    const { connection, capacity = null } = this.#options
    const values = [[], [], [], [], capacity, null]
    const [answer] = await connection.ask<PutAnswer>(this.#statement, values)
    if (capacity !== null && Number(answer?.room) <= 0) throw new QueueFull(capacity)
  }

  /** Writes an update with this turn; one that is on its way is joined. */
  put(update: NewUpdate, announced?: AnnouncedPut): Promise<void> {
    return this.#begin("put", update, announced).promise
  }

  /** Writes an update with this turn that is kept until its own turn comes. */
  park(update: NewUpdate, announced?: AnnouncedPut): ParkedUpdate {
    // One that is on its way already has its turn from there.
    let isParked = !this.#known.has(keyOf(update))
    const pending = this.#begin("early", update, announced)
    const unpark = () => {
      if (isParked) this.#comeTo(pending)
      isParked = false
    }
    return { put: pending.promise, unpark }
  }

  #begin(kind: "put" | "early", update: NewUpdate, announced?: AnnouncedPut): PendingPut {
    crashPoint("put: asked")
    const key = keyOf(update)
    const known = this.#known.get(key)
    if (known) {
      if (announced) announced.isRepeated = true
      return known
    }
    const pending = { kind, update, key, turn: this.#turn, announced, ...settledLater() }
    this.#known.set(key, pending)
    this.#add(pending)
    return pending
  }

  /** It is the turn of an update that was kept: it goes behind what has been put so far. */
  #comeTo(put: PendingPut): void {
    if (this.#isClosed) return
    // Nobody waits for it: should it fail, a worker takes the update in, later. The put has settled.
    this.#add({ ...put, kind: "come", turn: this.#turn })
  }

  #add(pending: PendingPut): void {
    this.#waiting.push(pending)
    if (this.#isScheduled) return
    this.#isScheduled = true
    setImmediate(() => this.#turnEnded())
  }

  /** Resolves when nothing is on its way. What was kept until its turn is left to the workers. */
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
      const batch = this.#waiting.splice(0, Math.min(countAlike(this.#waiting), this.#most))
      try {
        await this.#write(batch)
        this.#most = Math.min(this.#most * 2, batchSize)
      } catch (error) {
        // A standing connection rejects with nothing but `StorageError`s.
        this.#failed(batch, error as StorageError)
      }
    }
    this.#isWriting = false
  }

  /** Where one update is at fault, the others are not to suffer: it is looked for. */
  #failed(batch: PendingPut[], error: StorageError): void {
    const [first] = batch
    if (!isOfValues(error) || !first) return this.#refuse(batch, error)
    if (batch.length === 1) return this.#refuse(batch, error, first.update)
    this.#waiting.unshift(...batch)
    this.#most = Math.ceil(batch.length / 2)
  }

  async #write(batch: readonly PendingPut[]): Promise<void> {
    if (batch[0]?.kind === "come") return this.#writeTurns(batch)
    const answer = await this.#ask(batch)
    crashPoint("put: stored")
    const refused = new Set(answer.refused)
    for (const number of answer.known ?? []) {
      const announced = batch[number - 1]?.announced
      if (announced) announced.isRepeated = true
    }
    batch.forEach((put, index) => {
      this.#known.delete(put.key)
      if (!refused.has(index + 1)) put.resolve()
    })
    if (batch[0]?.kind === "put") this.#options.stored(batch.length - refused.size, answer.tell)
    if (refused.size > 0) {
      const { capacity = 0 } = this.#options
      const those = batch.filter((_, index) => refused.has(index + 1))
      this.#refuse(those, new QueueFull(capacity))
    }
    crashPoint("put: answered")
  }

  async #writeTurns(batch: readonly PendingPut[]): Promise<void> {
    const updates = batch.map(({ update }) => update)
    const tell = await tried(() => this.#early.come(updates, this.#options.channel))
    crashPoint("unpark: written")
    this.#options.stored(batch.length, tell)
  }

  async #ask(batch: readonly PendingPut[]): Promise<PutAnswer> {
    const { connection, channel } = this.#options
    const updates = batch.map(({ update }) => update)
    if (batch[0]?.kind === "early") {
      const known = await tried(() => this.#early.put(updates))
      return { refused: [], known, room: null, tell: null }
    }
    const values = [...columnsOf(updates), this.#capacityFor(batch.length), channel]
    const [answer] = await tried(() => connection.ask<PutAnswer>(this.#statement, values))
    if (!answer) return { refused: [], known: [], room: null, tell: null }
    if (answer.room !== null) this.#counted(Number(answer.room))
    return answer
  }

  /** The capacity, when it has to be looked at whether there is room. */
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
   * Refuses these, and what follows them in their turns, so that nothing overtakes them.
   *
   * @param only the update in whose lane alone that matters
   */
  #refuse(puts: readonly PendingPut[], reason: Error, only?: NewUpdate): void {
    const turn = puts.at(-1)?.turn
    const isNext = (put: PendingPut) => put.turn === turn && (!only || isSameLane(put.update, only))
    const following = this.#waiting.filter(isNext)
    this.#waiting = this.#waiting.filter((put) => !isNext(put))
    for (const put of [...puts, ...following]) {
      if (put.kind !== "come") this.#known.delete(put.key)
      put.reject(reason)
    }
  }
}

function isSameLane(one: NewUpdate, other: NewUpdate): boolean {
  return one.botId === other.botId && one.lane === other.lane
}

/** How many of the first are of one kind. */
function countAlike(waiting: readonly PendingPut[]): number {
  const other = waiting.findIndex(({ kind }) => kind !== waiting[0]?.kind)
  return other < 0 ? waiting.length : other
}

/** Tries a transaction again that has collided with another. */
async function tried<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
  for (let attempt = 1; ; attempt++) {
    try {
      crashPoint("put: sent")
      return await ask()
    } catch (error) {
      // A standing connection rejects with nothing but `StorageError`s.
      if (!isCollision(error as StorageError) || attempt === attempts) throw error
    }
  }
}

function settledLater(): Pick<PendingPut, "promise" | "resolve" | "reject"> {
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
