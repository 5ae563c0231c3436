import { Backoff } from "../../ground/backoff.js"
import type { Logger } from "../../ground/logger.js"
import { Timer } from "../../ground/timer.js"
import { QueueClosed } from "../queue-closed.js"
import { Takers } from "../takers.js"
import type { Delivery } from "../update-queue.js"
import type { Connections } from "./connections.js"
import { endingKinds } from "./work-function.js"
import type { Ending, HeldUpdate } from "./held-update.js"
import { Lease } from "./lease.js"
import { LeaseLost } from "./lease-lost.js"
import { type DeliveryEndings, PostgresDelivery, type TakenRow } from "./postgres-delivery.js"
import { isCollision } from "./postgres-failure.js"
import type { PostgresClient } from "./postgres-pool.js"
import { StandingConnection } from "./standing-connection.js"
import { step } from "./steps.js"
import { quoted } from "./tables.js"
import type { StorageError } from "../storage-error.js"

/** How many endings and how many takes are written in one transaction at most. */
const batchSize = 256

/** What a {@link LaneWorker} works with. */
export interface LaneWorkerOptions {
  readonly connections: Connections
  /** The name of the queue's schema. */
  readonly schema: string
  readonly leaseMs: number
  /** How many updates of one bot this process may hold at once; `Infinity` for as many as are taken. */
  readonly perBot: number
  /** After how long without news it is looked for updates, in milliseconds, at this moment. */
  readonly pollMs: () => number
  /** Whether this process is told by the database of new updates. */
  readonly listens: boolean
  /** Called when updates can be taken that nobody here waits for. */
  readonly opened: () => void
  readonly logger: Logger
}

interface PendingEnding {
  readonly ending: Ending
  /** Whether it was sent before, and may have been written. */
  isSentBefore: boolean
  readonly resolve: () => void
  readonly reject: (reason: Error) => void
}

/** What one transaction is to do. */
interface Asked {
  readonly worker: string
  readonly batch: readonly PendingEnding[]
  /** How many deliveries are asked for. */
  readonly count: number
}

type WorkRow = Partial<TakenRow> & {
  readonly refused: readonly number[] | null
  readonly is_lost: boolean | null
  readonly due_ms: number | null
  readonly has_dead: boolean | null
}

/**
 * Takes lanes and ends deliveries: what is asked for while a transaction is under way is done in the
 * next one, endings first. When the database is away, endings and takes wait until it is back.
 */
export class LaneWorker implements DeliveryEndings {
  readonly connections: Connections
  readonly #options: LaneWorkerOptions
  readonly #statement: string
  readonly #connection: StandingConnection
  readonly #lease: Lease
  readonly #leaseConnection: StandingConnection
  readonly #takers = new Takers()
  readonly #backoff = new Backoff({ firstMs: 100, maxMs: 5_000 })
  #endings: PendingEnding[] = []
  #working: Promise<void> = Promise.resolve()
  #isWorking = false
  #isScheduled = false
  #isDry = false
  #isFailing = false
  /** Whether it is not known whether the last transaction was committed. */
  #isUnclear = false
  #isClosed = false
  /** When a lane will be ready that is not now, in milliseconds from the last transaction on. */
  #dueMs = Infinity
  /** Counts what may have made lanes ready, to see whether any was during a transaction. */
  #news = 0
  /** The bot that was served last. */
  #lastBot = "-1"
  #next: Timer | undefined

  constructor(options: LaneWorkerOptions) {
    const { connections, schema, leaseMs, listens } = options
    this.#options = options
    this.connections = connections
    this.#connection = new StandingConnection(connections)
    this.#leaseConnection = new StandingConnection(connections)
    this.#statement = `SELECT * FROM ${quoted(schema)}.work($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`
    this.#lease = new Lease({
      connection: this.#leaseConnection,
      schema,
      leaseMs,
      listens,
      tookOver: () => this.wake(),
    })
  }

  /** Whether another process waits to be told of updates. */
  get isHeard(): boolean {
    return this.#lease.isHeard
  }

  /** Waits for a delivery. */
  take(signal: AbortSignal): Promise<Delivery> {
    step("take: asked")
    const taken = this.#takers.wait(signal)
    if (!this.#isDry) this.#schedule()
    return taken
  }

  /** Updates may have come, or lanes have opened. */
  wake(): void {
    this.#news += 1
    this.#isDry = false
    if (!this.#takers.isEmpty) this.#schedule()
  }

  end(ending: Ending): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#endings.push({ ending, isSentBefore: false, resolve, reject })
      if (!this.#isFailing) this.#schedule()
    })
  }

  endUnheeded(ending: Ending): void {
    this.end(ending).catch(() => {})
  }

  async write(client: PostgresClient, ending: Ending): Promise<void> {
    const { rows } = await client.query(this.#statement, [
      ...valuesOf(ending.delivery.worker, [ending]),
      ...[0, this.#lastBot, null, [], []],
    ])
    // The function answers rows of this form.
    const [summary] = rows as WorkRow[]
    if (summary?.refused?.length !== 0) throw new LeaseLost()
  }

  ended(delivery: HeldUpdate): void {
    this.#lease.remove(delivery)
    this.wake()
  }

  /** Tries once more to write what has ended, and gives all lanes and connections back. */
  async close(): Promise<void> {
    this.#isClosed = true
    this.#takers.refuse(new QueueClosed())
    this.#next?.stop()
    await this.#working
    if (this.#endings.length > 0) await this.#cycle()
    for (const { reject } of this.#endings) reject(new QueueClosed())
    this.#endings = []
    this.#next?.stop()
    await this.#lease.leave().catch(() => {
      // Its lease ends by itself.
    })
    this.#connection.close()
    this.#leaseConnection.close()
  }

  #schedule(): void {
    if (this.#isScheduled || this.#isWorking) return
    this.#isScheduled = true
    setImmediate(() => {
      this.#isScheduled = false
      this.#isWorking = true
      this.#working = this.#work()
    })
  }

  async #work(): Promise<void> {
    this.#next?.stop()
    let goesOn = true
    while (goesOn && this.#hasWork && !this.#isClosed) goesOn = await this.#cycle()
    this.#isWorking = false
    this.#plan(goesOn)
  }

  get #hasWork(): boolean {
    return this.#endings.length > 0 || (!this.#isDry && !this.#takers.isEmpty)
  }

  /** One transaction. Answers whether it could be had. */
  async #cycle(): Promise<boolean> {
    let batch: PendingEnding[] = []
    try {
      if (this.#isUnclear) await this.#clear()
      const count = this.#wanted
      if (count > 0) await this.#lease.join()
      batch = this.#nextEndings()
      const worker = batch[0]?.ending.delivery.worker ?? this.#lease.worker
      if (worker === undefined) return true
      await this.#do({ worker, batch, count: worker === this.#lease.worker ? count : 0 })
      this.#succeeded()
      return true
    } catch (error) {
      this.#endings.unshift(...batch)
      // Connections reject with nothing but `StorageError`s.
      return this.#failed(error as StorageError)
    }
  }

  /** How many deliveries to ask for. */
  get #wanted(): number {
    const isVain = this.#isClosed || (this.#isDry && this.#endings.length === 0)
    return isVain ? 0 : Math.min(this.#takers.size, batchSize)
  }

  /** After a transaction of which it is not known whether it was committed. */
  async #clear(): Promise<void> {
    const hasLasted = await this.#lease.rejoin()
    this.#isUnclear = false
    // As nobody else can have ended them, what cannot be ended any more has been.
    for (const pending of this.#endings) pending.isSentBefore &&= hasLasted
  }

  /** Endings of one worker: this process may have been several. */
  #nextEndings(): PendingEnding[] {
    const worker = this.#endings[0]?.ending.delivery.worker
    const end = this.#endings.findIndex(({ ending }) => ending.delivery.worker !== worker)
    return this.#endings.splice(0, Math.min(end < 0 ? batchSize : end, batchSize))
  }

  async #do(asked: Asked): Promise<void> {
    const { worker, batch, count } = asked
    const news = this.#news
    const values = valuesOf(
      worker,
      batch.map(({ ending }) => ending),
    )
    let rows: readonly WorkRow[]
    try {
      step("work: sent")
      rows = await this.#connection.ask<WorkRow>(this.#statement, [
        ...[...values, count, this.#lastBot],
        ...this.#limits(),
      ])
    } catch (error) {
      this.#isUnclear = true
      for (const pending of batch) pending.isSentBefore = true
      throw error
    }
    step("work: written")
    this.#heed(rows, asked, news !== this.#news)
    step("work: answered")
  }

  #heed(rows: readonly WorkRow[], { worker, batch, count }: Asked, hasNews: boolean): void {
    const summary = rows.at(-1)
    const taken = rows.slice(0, -1)
    this.#endBatch(batch, new Set(summary?.refused))
    if (summary?.is_lost) this.#lease.lose()
    this.#lastBot = taken.at(-1)?.bot_id ?? this.#lastBot
    for (const row of taken) {
      // All rows but the last are of updates.
      this.#give(new PostgresDelivery(row as TakenRow, worker, this))
    }
    const isDry = count > 0 && taken.length < count && summary?.is_lost !== true
    this.#isDry = isDry && !hasNews
    this.#dueMs = isDry ? (summary?.due_ms ?? Infinity) : Infinity
    if (summary?.has_dead) void this.#lease.takeOver().catch(() => {})
    if (batch.length > 0 && this.#takers.isEmpty) this.#options.opened()
  }

  /** How much of one bot may be held, and how much is. */
  #limits(): unknown[] {
    const { perBot } = this.#options
    if (perBot === Infinity) return [null, [], []]
    const held = this.#lease.heldByBot()
    return [perBot, [...held.keys()], [...held.values()]]
  }

  #endBatch(batch: readonly PendingEnding[], refused: ReadonlySet<number>): void {
    batch.forEach(({ ending, isSentBefore, resolve, reject }, index) => {
      this.#lease.remove(ending.delivery)
      // What could not be handed back is another worker's already.
      const isEnded = isSentBefore || ending.kind === "handBack" || !refused.has(index + 1)
      if (isEnded) resolve()
      else reject(new LeaseLost())
    })
  }

  #give(delivery: PostgresDelivery): void {
    const isOurs = this.#lease.isValidFor(delivery.worker)
    if (isOurs) this.#lease.add(delivery)
    if (!isOurs || this.#takers.isEmpty) {
      // Who asked for it waits no more, or this process has slept for too long.
      delivery.handBack().catch(() => {})
      return
    }
    this.#takers.give(delivery)
    step("take: given")
  }

  /** When to look again, if nothing tells before. */
  #plan(isUsable: boolean): void {
    if (this.#isClosed) return
    if (!isUsable) this.#again(this.#backoff.next())
    else if (this.#hasWork) this.#schedule()
    else if (!this.#takers.isEmpty) this.#again(Math.min(this.#dueMs + 1, this.#options.pollMs()))
    // Who asks later is not to rely on what is known now.
    else this.#isDry = false
  }

  #again(ms: number): void {
    this.#next?.stop()
    this.#next = new Timer(() => {
      this.#isDry = false
      this.#schedule()
    }, ms)
  }

  #failed(error: StorageError): boolean {
    if (isCollision(error)) return true
    if (!this.#isFailing) this.#options.logger.error(`${error.message}. Trying again`)
    this.#isFailing = true
    return false
  }

  #succeeded(): void {
    this.#backoff.reset()
    if (this.#isFailing) this.#options.logger.info("The queue in PostgreSQL can be used again")
    this.#isFailing = false
  }
}

/** The first nine values of the statement. */
function valuesOf(worker: string, endings: readonly Ending[]): unknown[] {
  const deliveries = endings.map(({ delivery }) => delivery)
  return [
    worker,
    endings.map(({ kind }) => endingKinds[kind]),
    deliveries.map(({ botId }) => botId),
    deliveries.map(({ lane }) => lane),
    deliveries.map(({ epoch }) => epoch),
    deliveries.map(({ place }) => place),
    deliveries.map(({ update }) => update.update_id),
    endings.map(({ delayMs }) => delayMs),
    endings.map(({ error }) => error),
  ]
}
