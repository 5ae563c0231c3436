import { errorSentence } from "../../ground/error-text.js"
import { Backoff } from "../../ground/backoff.js"
import type { Logger } from "../../ground/logger.js"
import { Timer } from "../../ground/timer.js"
import { QueueClosed } from "../queue-closed.js"
import type { StorageError } from "../storage-error.js"
import type { ArrivalWatches } from "../arrival-watches.js"
import { PendingTakes } from "../pending-takes.js"
import type { Delivery } from "../update-queue.js"
import { type PoolConnections, ignoreError } from "./pool-connections.js"
import type { Ending, HeldUpdate } from "./held-update.js"
import { Lease } from "./lease.js"
import { LeaseLost } from "./lease-lost.js"
import { type PendingEnding, PendingEndings, settle } from "./pending-endings.js"
import { DatabaseClock } from "./database-clock.js"
import { Eras } from "./eras.js"
import { type DeliveryEndings, PostgresDelivery, type TakenRow } from "./postgres-delivery.js"
import { isCollision, isValueError } from "./postgres-failure.js"
import type { PostgresClient } from "./postgres-pool.js"
import type { StateWrite } from "../state-store.js"
import type { SlotFence } from "./slot-fence.js"
import { StandingConnection } from "./standing-connection.js"
import { postgresCrashPoint } from "./crash-points.js"
import {
  type WorkRequest,
  type WorkResult,
  workResult,
  type WorkRow,
  workStatement,
  workValues,
} from "./work-statement.js"

/** The maximum number of deliveries that one transaction takes. */
const batchSize = 256

/** The options of a {@link LaneWorker}. */
export interface LaneWorkerOptions {
  readonly connections: PoolConnections
  /** The name of the queue's schema. */
  readonly schema: string
  readonly leaseMs: number
  /** The maximum number of updates of one bot in this process's hands at once; `Infinity` for no limit. */
  readonly perBot: number
  /** Returns the current interval between polls for updates, in milliseconds. */
  readonly pollMs: () => number
  /** The channel on which this process is notified; `null` if it is not. */
  readonly channel: string | null
  /** Called when more lanes are ready than this process has waiting calls of `take`. */
  readonly moreReady: () => void
  /** The watches over the updates that enter lanes of this process. */
  readonly arrivals: ArrivalWatches
  /** The slots of a shard; absent for a queue in one database. */
  readonly fence: SlotFence | undefined
  readonly logger: Logger
}

/**
 * The mode of a {@link LaneWorker}.
 *
 * - `idle`: there is nothing to do. A take or an ending schedules transactions.
 * - `scheduled`: transactions begin at the end of this turn of the event loop.
 * - `working`: a transaction is under way. Takes and endings go into the next one.
 * - `resting`: no lane was ready. Transactions begin with the next ending, with a call of `wake`, when a retry
 *   or a timer of the queue is due, or at the next poll.
 * - `failing`: the database cannot be used. Endings wait. Transactions begin with a take or after the backoff.
 * - `closed`: the worker begins no further transactions, except the transactions of `close`.
 */
type Mode =
  | { readonly name: "idle" | "scheduled" | "working" | "closed" }
  | { readonly name: "resting" | "failing"; readonly timer: Timer }

/**
 * A worker that takes lanes and ends deliveries. Takes and endings that are requested during a transaction
 * share the next one. While the database cannot be used, both wait.
 *
 * If the connection fails during a transaction, the outcome of the transaction is unknown. Before the next
 * transaction, this process then registers as a new worker (see {@link Lease.rejoin}). This frees the lanes
 * that the old transaction may have taken, and shows which endings were written.
 */
export class LaneWorker implements DeliveryEndings {
  readonly connections: PoolConnections
  readonly #options: LaneWorkerOptions
  readonly #statement: string
  readonly #connection: StandingConnection
  /** The lease of this process. */
  readonly lease: Lease
  readonly #leaseConnection: StandingConnection
  readonly #takes = new PendingTakes()
  readonly #endings = new PendingEndings()
  /** The steps that deliveries take before their endings (see {@link beforeEnd}) and that have not ended. */
  readonly #steps = new Set<Promise<void>>()
  readonly #clock = new DatabaseClock()
  readonly #eras: Eras
  readonly #backoff = new Backoff({ firstMs: 100, maxMs: 5_000 })
  #mode: Mode = { name: "idle" }
  /** Settles when the transactions under way have ended. */
  #working: Promise<void> = Promise.resolve()
  /** True if no lane was ready after the last transaction, and `wake` has not been called since. */
  #hasNoReadyLane = false
  /** True if the failure of the database has been logged, and its recovery not yet. */
  #isFaultLogged = false
  /** True if the outcome of the last transaction is unknown. */
  #isOutcomeUnknown = false
  /** The time from the last transaction until the next retry or timer is due, in milliseconds. */
  #dueMs = Infinity
  /** The number of calls of {@link wake}. A transaction compares it to notice a call during the transaction. */
  #wakeCount = 0
  /** The bot that was served last; -1 before the first delivery. */
  #lastBot = "-1"

  constructor(options: LaneWorkerOptions) {
    const { connections, schema, leaseMs, channel, arrivals } = options
    this.#options = options
    this.connections = connections
    this.#connection = new StandingConnection(connections)
    this.#leaseConnection = new StandingConnection(connections)
    this.#statement = workStatement(schema)
    this.#eras = new Eras(connections, schema)
    this.lease = new Lease({
      connection: this.#leaseConnection,
      schema,
      leaseMs,
      channel,
      lanesOpened: () => this.wake(),
      arrivals,
    })
  }

  /** True if another worker listens for notifications. */
  get canWakeAnother(): boolean {
    return this.lease.canWakeAnother
  }

  /** The number of waiting calls of `take`. */
  get pendingTakes(): number {
    return this.#takes.size
  }

  /** Waits for a delivery. An abort rejects with the signal's reason. */
  take(signal: AbortSignal): Promise<Delivery> {
    postgresCrashPoint("take: asked")
    const taken = this.#takes.wait(signal)
    if (!this.#hasNoReadyLane) this.#schedule()
    return taken
  }

  /** Called when there may be new updates, or when lanes may have opened. */
  wake(): void {
    this.#wakeCount += 1
    this.#hasNoReadyLane = false
    if (!this.#takes.isEmpty) this.#schedule()
  }

  end(ending: Ending): Promise<void> {
    const ended = this.#endings.add(ending)
    if (this.#mode.name !== "failing") this.#schedule()
    return ended
  }

  endInBackground(ending: Ending): void {
    this.end(ending).catch(() => {})
  }

  beforeEnd(step: Promise<void>): Promise<void> {
    const noted = step.finally(() => this.#steps.delete(noted))
    this.#steps.add(noted)
    return noted
  }

  expectWrites(botId: number, writes: readonly StateWrite[]): void {
    this.#options.fence?.expectWrites(botId, writes)
  }

  async write(client: PostgresClient, ending: Ending): Promise<void> {
    const { worker } = ending.delivery
    const work: WorkRequest = { worker, endings: [ending], count: 0, lastBot: this.#lastBot }
    const { rows } = await client.query(this.#statement, workValues(work))
    // The SQL function of the statement returns rows of this form.
    const { refused, conflicts } = workResult(rows as WorkRow[], work.endings)
    if (refused.size > 0) throw new LeaseLost()
    for (const conflict of conflicts.values()) throw conflict
  }

  ended(delivery: HeldUpdate): void {
    this.lease.remove(delivery)
    this.wake()
  }

  /**
   * Closes the worker: writes the endings that wait if the database can be used, then frees all lanes and
   * connections. Endings that were not written, and later endings, reject with a `QueueClosed`.
   */
  async close(): Promise<void> {
    this.#enter({ name: "closed" })
    this.#takes.refuse(new QueueClosed())
    await Promise.all([this.#working, this.#stepsEnded()])
    await this.#writeRemaining()
    this.#endings.close(new QueueClosed())
    // If the worker cannot leave, its lease ends without a renewal, and other workers take over.
    await this.lease.leave().catch(ignoreError)
    await this.#eras.close()
    this.#connection.close()
    this.#leaseConnection.close()
  }

  /** Resolves when the steps under way have ended, or after the time limit of one statement. */
  async #stepsEnded(): Promise<void> {
    await this.connections.withTimeout(Promise.allSettled(this.#steps)).catch(ignoreError)
  }

  /**
   * Writes the endings that wait, in as many transactions as they need. Gives up after two failures in a row:
   * the cause of a single failure may be a broken connection to a working database. No transaction begins after
   * half of the time limit of a statement, so that `close` waits for at most one unanswered statement.
   */
  async #writeRemaining(): Promise<void> {
    const untilMs = performance.now() + this.connections.timeoutMs / 2
    let failures = 0
    while (failures < 2 && !this.#endings.isEmpty && performance.now() < untilMs) {
      failures = (await this.#runTransaction()) ? 0 : failures + 1
    }
  }

  get #isClosed(): boolean {
    return this.#mode.name === "closed"
  }

  #enter(mode: Mode): void {
    if ("timer" in this.#mode) this.#mode.timer.stop()
    this.#mode = mode
  }

  #schedule(): void {
    const { name } = this.#mode
    if (name === "scheduled" || name === "working" || name === "closed") return
    this.#enter({ name: "scheduled" })
    setImmediate(() => {
      if (this.#mode.name === "scheduled") this.#working = this.#work()
    })
  }

  async #work(): Promise<void> {
    this.#enter({ name: "working" })
    let isUsable = true
    while (isUsable && this.#hasWork && !this.#isClosed) isUsable = await this.#runTransaction()
    if (this.#isClosed) return
    if (!isUsable) this.#pause("failing", this.#backoff.next())
    else if (this.#hasNoReadyLane)
      this.#pause("resting", Math.min(this.#dueMs + 1, this.#options.pollMs()))
    else this.#enter({ name: "idle" })
  }

  #pause(name: "resting" | "failing", ms: number): void {
    const timer = new Timer(() => {
      this.#hasNoReadyLane = false
      this.#schedule()
    }, ms)
    this.#enter({ name, timer })
  }

  get #hasWork(): boolean {
    return !this.#endings.isEmpty || (!this.#hasNoReadyLane && !this.#takes.isEmpty)
  }

  /** Runs one transaction. Returns false if the database cannot be used. */
  async #runTransaction(): Promise<boolean> {
    let batch: readonly PendingEnding[] = []
    try {
      if (this.#isOutcomeUnknown) await this.#findOutcome()
      const count = this.#takeCount
      if (count > 0) await this.lease.join()
      batch = this.#endings.next()
      const worker = batch[0]?.ending.delivery.worker ?? this.lease.worker
      if (worker === undefined) return true
      await this.#transact(worker, batch, worker === this.lease.worker ? count : 0)
      this.#recordSuccess()
      return true
    } catch (error) {
      // `PoolConnections` reject only with `StorageError`s.
      return this.#handleFailure(error as StorageError, batch)
    }
  }

  /** The number of deliveries to take in the next transaction. */
  get #takeCount(): number {
    const isTakingUseless = this.#isClosed || (this.#hasNoReadyLane && this.#endings.isEmpty)
    return isTakingUseless ? 0 : Math.min(this.#takes.size, batchSize)
  }

  /** Determines the outcome of an earlier transaction, by registering this process as a new worker. */
  async #findOutcome(): Promise<void> {
    const hasLeaseLasted = await this.lease.rejoin()
    this.#isOutcomeUnknown = false
    this.#endings.onOutcomeKnown(hasLeaseLasted)
  }

  async #transact(worker: string, batch: readonly PendingEnding[], count: number): Promise<void> {
    const wakeCount = this.#wakeCount
    const endings = batch.map(({ ending }) => ending)
    const work = { worker, endings, count, lastBot: this.#lastBot, ...this.#limits() }
    let rows: readonly WorkRow[]
    const sentMs = performance.now()
    try {
      postgresCrashPoint("work: sent")
      rows = await this.#connection.query<WorkRow>(this.#statement, workValues(work))
    } catch (error) {
      this.#isOutcomeUnknown = true
      for (const pending of batch) pending.isSentBefore = true
      throw error
    }
    postgresCrashPoint("work: written")
    const result = workResult(rows, endings)
    this.#readClock(result.clockMs, sentMs)
    endings.forEach(({ delivery }, index) => {
      if (!result.conflicts.has(index + 1)) this.lease.remove(delivery)
    })
    this.#eras.add(result, endings.length + result.taken.length)
    settle(batch, result)
    this.#apply(result, work, wakeCount !== this.#wakeCount)
    postgresCrashPoint("work: answered")
  }

  /**
   * Records the database's clock. If the clock was set back, shortens the waits for retries, which would be
   * too long.
   */
  #readClock(clockMs: number, sentMs: number): void {
    const answered = { answeredMs: performance.now(), wallMs: Date.now() }
    const jumpedMs = this.#clock.addReading(clockMs, { sentMs, ...answered })
    if (jumpedMs < 0) void this.lease.shortenWaits()
  }

  #apply(result: WorkResult, { worker }: WorkRequest, wasWoken: boolean): void {
    const { taken, isLost, dueMs, hasMore } = result
    if (isLost) this.lease.lose()
    this.#lastBot = taken.at(-1)?.bot_id ?? this.#lastBot
    for (const row of taken) this.#deliver(row, worker)
    const hasNoReadyLane = !hasMore && !isLost
    this.#hasNoReadyLane = hasNoReadyLane && !wasWoken
    this.#dueMs = hasNoReadyLane ? dueMs : Infinity
    if (hasMore && this.#takes.isEmpty) this.#options.moreReady()
  }

  /** Returns the limit per bot and the number of each bot's updates in this process's hands. */
  #limits(): Pick<WorkRequest, "perBot" | "held"> {
    const { perBot } = this.#options
    return perBot === Infinity ? {} : { perBot, held: this.lease.heldByBot() }
  }

  #deliver(row: TakenRow, worker: string): void {
    try {
      const receivedAt = this.#clock.toLocalTime(row.put_at, performance.now())
      this.#handOver(new PostgresDelivery(row, receivedAt, worker, this))
    } catch {
      this.#setAside(row, worker)
    }
  }

  /**
   * Sets a damaged update aside, so that it does not block its lane, and so that the operator can inspect
   * the update.
   */
  #setAside(row: TakenRow, worker: string): void {
    const { bot_id: botId, update_id: id, lane, epoch, place } = row
    const text = `The stored text of update ${id} of bot ${botId} is damaged`
    this.#options.logger.error(`${text}. It was set aside: see \`sounder queue\``)
    const facts = { botId: Number(botId), updateId: Number(id), heldSinceMs: performance.now() }
    const held: HeldUpdate = { ...facts, lane, worker, epoch, place, lose: () => {} }
    if (this.lease.isValidFor(worker)) this.lease.add(held)
    this.endInBackground({ delivery: held, kind: "setAside", delayMs: 0, error: text })
  }

  #handOver(delivery: PostgresDelivery): void {
    const isOurs = this.lease.isValidFor(delivery.worker)
    if (isOurs) this.lease.add(delivery)
    if (!isOurs || this.#takes.isEmpty) {
      // The call of `take` was aborted, or the lease has ended while this process was suspended.
      delivery.handBack().catch(() => {})
      return
    }
    this.#takes.give(delivery)
    postgresCrashPoint("take: given")
  }

  /** Handles a failed transaction. Returns false if the database cannot be used. */
  #handleFailure(error: StorageError, batch: readonly PendingEnding[]): boolean {
    if (isValueError(error) && this.#endings.handleRefusal(batch, error)) return true
    this.#endings.putBack(batch)
    if (isCollision(error)) return true
    if (!this.#isFaultLogged) this.#options.logger.error(`${errorSentence(error)} Trying again`)
    this.#isFaultLogged = true
    return false
  }

  #recordSuccess(): void {
    this.#backoff.reset()
    if (this.#isFaultLogged) this.#options.logger.info("The queue in PostgreSQL can be used again")
    this.#isFaultLogged = false
  }
}
