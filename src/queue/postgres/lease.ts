import { Timer } from "../../ground/timer.js"
import type { ArrivalWatches } from "../arrival-watches.js"
import { LeaseLost } from "./lease-lost.js"
import type { HeldUpdate } from "./held-update.js"
import { OtherWorkers, type SeenWorker } from "./other-workers.js"
import { RemoteArrivals } from "./remote-arrivals.js"
import type { StandingConnection } from "./standing-connection.js"
import { postgresCrashPoint } from "./crash-points.js"
import { quoted } from "./tables.js"

/** The number of renewals within one lease. */
const renewalsPerLease = 3
/**
 * The longest time for which an early update stays parked, in milliseconds. After this time its
 * receiver has died, and a worker unparks the update.
 */
const longestParkedMs = 5_000
/**
 * The time between two checks for updates that have been parked for too long, in milliseconds. Checks
 * are made while there are parked updates.
 */
const checkParkedMs = 1_000
/** The number of updates that the database unparks in one transaction. */
const unparkedAtOnce = 1_000

/** The options of a {@link Lease}. */
export interface LeaseOptions {
  readonly connection: StandingConnection
  /** The name of the queue's schema. */
  readonly schema: string
  readonly leaseMs: number
  /** The channel on which this process is notified; `null` if it is not. */
  readonly channel: string | null
  /**
   * Called when lanes may have become ready: lanes of an overdue worker, or lanes of unparked updates.
   */
  readonly lanesOpened: () => void
  /** The watches over the updates that enter lanes of this process. */
  readonly arrivals: ArrivalWatches
}

/** The row that the function `rejoin` returns. `lost` has the positions of lost deliveries, from 1. */
interface RejoinRow {
  /** A `bigint`, as text. */
  readonly worker: string
  readonly is_known: boolean
  readonly lost: readonly number[]
}

/** The row that the function `renew_lease` returns. `lost` has the positions of lost deliveries, from 1. */
interface RenewalRow {
  readonly is_known: boolean
  readonly lost: readonly number[]
  /**
   * The numbers of the other workers. `others`, `beats` and `leases` have one element per other
   * worker, in the same order; `bigint`s come as text.
   */
  readonly others: readonly string[]
  readonly beats: readonly string[]
  readonly leases: readonly number[]
  /** True if the database has parked updates. */
  readonly has_early: boolean
  /** True if another worker listens for notifications. */
  readonly has_listener: boolean
}

/**
 * The lease of this process as a worker of the queue. While the lease lasts, the lanes that this worker has
 * taken belong to it alone; the process renews the lease as long as it lives. A renewal increments the
 * worker's `beats`, a count in the database. The workers observe each other's `beats`; each measures with its
 * own monotonic clock for how long a count has not changed.
 *
 * The lease is safe because this process ends it before the other workers do: this process counts from
 * the time when it sent the last successful renewal, and the other workers count from the later time
 * when they observed the renewal. When the lease ends, the signals of all deliveries abort, because
 * another worker may have the updates.
 */
export class Lease {
  readonly #options: LeaseOptions
  /** The deliveries of this worker that have not ended. */
  readonly #held = new Set<HeldUpdate>()
  readonly #remoteArrivals: RemoteArrivals
  readonly #schema: string
  /** The number of this worker: a `bigint`, as text. */
  #worker: string | undefined
  #joining: Promise<string> | undefined
  /** The timer until the next renewal. */
  #renewTimer: Timer | undefined
  readonly #others = new OtherWorkers()
  /** The timer until the end of the lease. */
  #endTimer: Timer | undefined
  /** The end of the lease, on the clock of `performance.now`. */
  #validUntil = 0
  #isClosed = false
  /** True if another worker listens for notifications. */
  canWakeAnother = false

  constructor(options: LeaseOptions) {
    this.#options = options
    this.#schema = quoted(options.schema)
    this.#remoteArrivals = new RemoteArrivals({ ...options, held: () => this.#held })
  }

  /** The number of this worker; `undefined` until it has joined, and after its lease was lost. */
  get worker(): string | undefined {
    return this.#worker
  }

  /**
   * Returns true if, as far as this process knows, the worker's deliveries still belong to it alone.
   */
  isValidFor(worker: string): boolean {
    return worker === this.#worker && performance.now() < this.#validUntil
  }

  /**
   * Registers this process as a worker, unless it is registered. Returns the worker's number. Rejects
   * with a `StorageError`.
   */
  join(): Promise<string> {
    if (this.#worker !== undefined) return Promise.resolve(this.#worker)
    this.#joining ??= this.#join().finally(() => {
      this.#joining = undefined
    })
    return this.#joining
  }

  /** Renews the lease at once, so that other processes know the types of updates that this worker watches. */
  renewSoon(): void {
    if (this.#worker !== undefined) this.#renewIn(0)
  }

  /** Handles a notification of another process about updates that have entered lanes of this process. */
  onNotification(payload: string): void {
    void this.#remoteArrivals.onNotification(payload)
  }

  /** Returns the id of the update of a lane that is in this process's hands; `undefined` if none is. */
  runningIn(botId: number, lane: string): number | undefined {
    for (const held of this.#held) {
      if (held.botId === botId && held.lane === lane) return held.updateId
    }
    return undefined
  }

  get #watched(): readonly string[] | null {
    const { types } = this.#options.arrivals
    return types.length > 0 ? types : null
  }

  /** Adds a delivery to the lease. */
  add(delivery: HeldUpdate): void {
    this.#held.add(delivery)
  }

  /** Returns the number of each bot's updates in this worker's hands. */
  heldByBot(): ReadonlyMap<number, number> {
    const counts = new Map<number, number>()
    for (const { botId } of this.#held) counts.set(botId, (counts.get(botId) ?? 0) + 1)
    return counts
  }

  /** Removes a delivery that has ended. */
  remove(delivery: HeldUpdate): void {
    this.#held.delete(delivery)
  }

  /**
   * Ends the lease, because its time is over or the database no longer knows this worker. The
   * deliveries may belong to other workers.
   */
  lose(): void {
    this.#stop()
    this.#worker = undefined
    this.#loseAll()
  }

  /**
   * Replaces this worker by a new one with the same deliveries, after a transaction whose outcome is unknown.
   * Frees the lanes that such a transaction has taken without the knowledge of this process. A transaction
   * that still runs in the database can take no further lanes, because its worker no longer exists. Returns
   * true if the lease had lasted until then.
   */
  async rejoin(): Promise<boolean> {
    const worker = this.#worker
    if (worker === undefined) return false
    const { connection, leaseMs, channel } = this.#options
    const held = [...this.#held]
    const sentMs = performance.now()
    const [answer] = await connection.query<RejoinRow>(
      `SELECT * FROM ${this.#schema}.rejoin($1, $2, $3, $4, $5, $6, $7)`,
      [worker, leaseMs, channel, ...keysOf(held), this.#watched],
    )
    if (!answer || worker !== this.#worker) return false
    if (!answer.is_known) this.#loseAll()
    for (const delivery of held) delivery.worker = answer.worker
    this.#worker = answer.worker
    this.#renewed(sentMs)
    this.#loseSome(answer.lost, held)
    return answer.is_known
  }

  /** Frees the lanes of overdue workers. */
  async #takeOver(): Promise<void> {
    const overdue = this.#others.overdue(performance.now())
    if (overdue.length === 0) return
    await this.#options.connection.query(`SELECT ${this.#schema}.take_over($1, $2)`, [
      overdue.map(({ id }) => id),
      overdue.map(({ beats }) => beats),
    ])
    this.#options.lanesOpened()
  }

  /**
   * Shortens the waits of lanes to the delays of their retries, after the database's clock was set
   * back.
   */
  async shortenWaits(): Promise<void> {
    const { connection, lanesOpened } = this.#options
    try {
      await connection.query(`SELECT ${this.#schema}.shorten_waits()`, [])
      lanesOpened()
    } catch {
      // Another worker may notice the change of the clock, too. Otherwise the lanes wait until their
      // due times on the changed clock.
    }
  }

  /** Unparks early updates that have been parked for too long. */
  async #unparkLate(): Promise<void> {
    const { connection, leaseMs, lanesOpened } = this.#options
    const afterMs = Math.min(leaseMs, longestParkedMs)
    for (let count = unparkedAtOnce; count >= unparkedAtOnce;) {
      const [row] = await connection.query<{ count: string }>(
        `SELECT ${this.#schema}.unpark_late($1) AS count`,
        [afterMs],
      )
      count = Number(row?.count)
      if (count > 0) lanesOpened()
    }
  }

  /** Removes this worker, and frees its lanes. */
  async leave(): Promise<void> {
    this.#isClosed = true
    const worker = this.#worker
    this.lose()
    if (worker === undefined) return
    await this.#options.connection.query(`SELECT ${this.#schema}.leave($1)`, [worker])
  }

  async #join(): Promise<string> {
    const { connection, leaseMs, channel } = this.#options
    const sentMs = performance.now()
    const [row] = await connection.query<{ worker: string }>(
      `SELECT ${this.#schema}.join_workers($1, $2, $3) AS worker`,
      [leaseMs, channel, this.#watched],
    )
    const worker = row?.worker ?? ""
    if (this.#isClosed) return worker
    this.#worker = worker
    this.#renewed(sentMs)
    // The first renewal also observes the other workers.
    this.#renewIn(0)
    return worker
  }

  #renewed(sentMs: number): void {
    const { leaseMs } = this.#options
    this.#stop()
    this.#validUntil = sentMs + leaseMs
    this.#endTimer = new Timer(() => this.lose(), Math.max(this.#validUntil - performance.now(), 0))
    this.#renewIn(leaseMs / renewalsPerLease)
  }

  #renewIn(ms: number): void {
    this.#renewTimer?.stop()
    if (!this.#isClosed) this.#renewTimer = new Timer(() => void this.#renew(), ms)
  }

  async #renew(): Promise<void> {
    const { connection, leaseMs, channel } = this.#options
    const worker = this.#worker
    const held = [...this.#held]
    const sentMs = performance.now()
    try {
      postgresCrashPoint("lease: sent")
      const [answer] = await connection.query<RenewalRow>(
        `SELECT * FROM ${this.#schema}.renew_lease($1, $2, $3, $4, $5, $6)`,
        [worker, channel, ...keysOf(held), this.#watched],
      )
      postgresCrashPoint("lease: renewed")
      if (worker === this.#worker && answer) this.#apply(answer, held, sentMs)
      await this.#takeOver()
      await this.#unparkLate()
      await this.#remoteArrivals.check()
    } catch {
      // The lane worker has logged the reason. The deliveries stay valid until the lease ends.
      this.#others.forget()
      if (worker !== this.#worker || worker === undefined) return
      this.#renewIn(Math.min(leaseMs / renewalsPerLease / 5, 1_000))
    }
  }

  #apply(answer: RenewalRow, held: readonly HeldUpdate[], sentMs: number): void {
    // The database may have read the counts at any time before now. The latest time is assumed.
    this.#others.observe(seenIn(answer), performance.now())
    this.canWakeAnother = answer.has_listener
    if (!answer.is_known) this.lose()
    else this.#renewed(sentMs)
    this.#loseSome(answer.lost, held)
    if (!answer.is_known) return this.#options.lanesOpened()
    const dueMs = this.#others.dueMs - performance.now() + 1
    const lateInMs = answer.has_early ? checkParkedMs : Infinity
    this.#renewIn(Math.min(this.#options.leaseMs / renewalsPerLease, Math.max(dueMs, 0), lateInMs))
  }

  /**
   * Aborts lost deliveries.
   *
   * @param places the positions of the lost deliveries in `held`, counted from 1
   */
  #loseSome(places: readonly number[], held: readonly HeldUpdate[]): void {
    for (const place of places) {
      const delivery = held[place - 1]
      // A delivery whose end was written in the meantime is no longer in `#held`.
      if (delivery && this.#held.delete(delivery)) delivery.lose(new LeaseLost())
    }
  }

  #loseAll(): void {
    for (const delivery of this.#held) delivery.lose(new LeaseLost())
    this.#held.clear()
  }

  #stop(): void {
    this.#renewTimer?.stop()
    this.#endTimer?.stop()
  }
}

function seenIn({ others, beats, leases }: RenewalRow): SeenWorker[] {
  // The three arrays have the same length.
  return others.map((id, index) => ({
    id,
    beats: beats[index] ?? "",
    leaseMs: leases[index] ?? Infinity,
  }))
}

function keysOf(held: readonly HeldUpdate[]): unknown[] {
  return [
    held.map(({ botId }) => botId),
    held.map(({ lane }) => lane),
    held.map(({ epoch }) => epoch),
  ]
}
