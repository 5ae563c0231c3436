import { Backoff } from "../../ground/backoff.js"
import type { Logger } from "../../ground/logger.js"
import { Timer } from "../../ground/timer.js"
import { QueueClosed } from "../queue-closed.js"
import type { StorageError } from "../storage-error.js"
import { PendingTakes } from "../pending-takes.js"
import type { Delivery } from "../update-queue.js"
import type { Connections } from "./connections.js"
import type { Ending, HeldUpdate } from "./held-update.js"
import { Lease } from "./lease.js"
import { LeaseLost } from "./lease-lost.js"
import { type PendingEnding, PendingEndings, settle } from "./pending-endings.js"
import { DatabaseClock } from "./database-clock.js"
import { type DeliveryEndings, PostgresDelivery, type TakenRow } from "./postgres-delivery.js"
import { isCollision } from "./postgres-failure.js"
import type { PostgresClient } from "./postgres-pool.js"
import { StandingConnection } from "./standing-connection.js"
import { crashPoint } from "./crash-points.js"
import {
  type WorkRequest,
  type WorkResult,
  workResult,
  type WorkRow,
  workStatement,
  workValues,
} from "./work-statement.js"

/** How many deliveries are taken in one transaction at most. */
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
  /** The channel on which this process is told of updates; `null` where it is not told. */
  readonly channel: string | null
  /** Called when updates can be taken that nobody here waits for. */
  readonly moreReady: () => void
  readonly logger: Logger
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
  readonly #takers = new PendingTakes()
  readonly #endings = new PendingEndings()
  readonly #clock = new DatabaseClock()
  readonly #backoff = new Backoff({ firstMs: 100, maxMs: 5_000 })
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
    const { connections, schema, leaseMs, channel } = options
    this.#options = options
    this.connections = connections
    this.#connection = new StandingConnection(connections)
    this.#leaseConnection = new StandingConnection(connections)
    this.#statement = workStatement(schema)
    this.#lease = new Lease({
      connection: this.#leaseConnection,
      schema,
      leaseMs,
      channel,
      lanesOpened: () => this.wake(),
    })
  }

  /** Whether another worker can be woken. */
  get canWakeAnother(): boolean {
    return this.#lease.canWakeAnother
  }

  /** How many calls of `take` wait. */
  get pendingTakes(): number {
    return this.#takers.size
  }

  /** Waits for a delivery. */
  take(signal: AbortSignal): Promise<Delivery> {
    crashPoint("take: asked")
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
    const ended = this.#endings.add(ending)
    if (!this.#isFailing) this.#schedule()
    return ended
  }

  endInBackground(ending: Ending): void {
    this.end(ending).catch(() => {})
  }

  async write(client: PostgresClient, ending: Ending): Promise<void> {
    const { worker } = ending.delivery
    const work: WorkRequest = { worker, endings: [ending], count: 0, lastBot: this.#lastBot }
    const { rows } = await client.query(this.#statement, workValues(work))
    // The function answers rows of this form.
    if (workResult(rows as WorkRow[]).refused.size > 0) throw new LeaseLost()
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
    if (!this.#endings.isEmpty) await this.#cycle()
    this.#endings.refuse(new QueueClosed())
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
    return !this.#endings.isEmpty || (!this.#isDry && !this.#takers.isEmpty)
  }

  /** One transaction. Answers whether it could be had. */
  async #cycle(): Promise<boolean> {
    let batch: readonly PendingEnding[] = []
    try {
      if (this.#isUnclear) await this.#clear()
      const count = this.#wanted
      if (count > 0) await this.#lease.join()
      batch = this.#endings.next()
      const worker = batch[0]?.ending.delivery.worker ?? this.#lease.worker
      if (worker === undefined) return true
      await this.#do(worker, batch, worker === this.#lease.worker ? count : 0)
      this.#succeeded()
      return true
    } catch (error) {
      this.#endings.putBack(batch)
      // Connections reject with nothing but `StorageError`s.
      return this.#failed(error as StorageError)
    }
  }

  /** How many deliveries to ask for. */
  get #wanted(): number {
    const isVain = this.#isClosed || (this.#isDry && this.#endings.isEmpty)
    return isVain ? 0 : Math.min(this.#takers.size, batchSize)
  }

  /** After a transaction of which it is not known whether it was committed. */
  async #clear(): Promise<void> {
    const hasLasted = await this.#lease.rejoin()
    this.#isUnclear = false
    this.#endings.outcomeKnown(hasLasted)
  }

  async #do(worker: string, batch: readonly PendingEnding[], count: number): Promise<void> {
    const news = this.#news
    const endings = batch.map(({ ending }) => ending)
    const work = { worker, endings, count, lastBot: this.#lastBot, ...this.#limits() }
    let rows: readonly WorkRow[]
    const sentMs = performance.now()
    try {
      crashPoint("work: sent")
      rows = await this.#connection.ask<WorkRow>(this.#statement, workValues(work))
    } catch (error) {
      this.#isUnclear = true
      for (const pending of batch) pending.isSentBefore = true
      throw error
    }
    crashPoint("work: written")
    const answer = workResult(rows)
    this.#read(answer.clockMs, sentMs)
    for (const { delivery } of endings) this.#lease.remove(delivery)
    settle(batch, answer.refused)
    this.#heed(answer, work, news !== this.#news)
    crashPoint("work: answered")
  }

  /** A clock that is put back would let lanes rest for as much longer. */
  #read(clockMs: number, sentMs: number): void {
    const answered = { answeredMs: performance.now(), wallMs: Date.now() }
    const jumpedMs = this.#clock.shows(clockMs, { sentMs, ...answered })
    if (jumpedMs < 0) void this.#lease.settleRests()
  }

  #heed(answer: WorkResult, { worker }: WorkRequest, hasNews: boolean): void {
    const { taken, isLost, dueMs, hasMore } = answer
    if (isLost) this.#lease.lose()
    this.#lastBot = taken.at(-1)?.bot_id ?? this.#lastBot
    for (const row of taken) this.#give(row, worker)
    const isDry = !hasMore && !isLost
    this.#isDry = isDry && !hasNews
    this.#dueMs = isDry ? dueMs : Infinity
    if (hasMore && this.#takers.isEmpty) this.#options.moreReady()
  }

  /** How much of one bot may be held, and how much is. */
  #limits(): Pick<WorkRequest, "perBot" | "held"> {
    const { perBot } = this.#options
    return perBot === Infinity ? {} : { perBot, held: this.#lease.heldByBot() }
  }

  #give(row: TakenRow, worker: string): void {
    try {
      const receivedAt = this.#clock.hereAt(row.put_at, performance.now())
      this.#giveOut(new PostgresDelivery(row, receivedAt, worker, this))
    } catch {
      this.#setAside(row, worker)
    }
  }

  /** A row that is damaged must not hold up others: it is kept as it is, for its operator to see. */
  #setAside(row: TakenRow, worker: string): void {
    const { bot_id: botId, update_id: id, lane, epoch, place } = row
    const text = `The stored text of update ${id} of bot ${botId} is damaged`
    this.#options.logger.error(`${text}. It was set aside: see \`sounder queue\``)
    const held: HeldUpdate = { botId: Number(botId), lane, worker, epoch, place, lose: () => {} }
    if (this.#lease.isValidFor(worker)) this.#lease.add(held)
    this.endInBackground({ delivery: held, kind: "setAside", delayMs: 0, error: text })
  }

  #giveOut(delivery: PostgresDelivery): void {
    const isOurs = this.#lease.isValidFor(delivery.worker)
    if (isOurs) this.#lease.add(delivery)
    if (!isOurs || this.#takers.isEmpty) {
      // Who asked for it waits no more, or this process has slept for too long.
      delivery.handBack().catch(() => {})
      return
    }
    this.#takers.give(delivery)
    crashPoint("take: given")
  }

  /** When to look again, if nothing tells before. */
  #plan(isUsable: boolean): void {
    if (this.#isClosed) return
    if (!isUsable) this.#again(this.#backoff.next())
    else if (this.#hasWork) this.#schedule()
    // Who asks meanwhile need not look, either.
    else if (this.#isDry) this.#again(Math.min(this.#dueMs + 1, this.#options.pollMs()))
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
