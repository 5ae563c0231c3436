import { Timer } from "../../ground/timer.js"
import { LeaseLost } from "./lease-lost.js"
import type { HeldUpdate } from "./held-update.js"
import { OtherWorkers, type SeenWorker } from "./other-workers.js"
import type { StandingConnection } from "./standing-connection.js"
import { crashPoint } from "./crash-points.js"
import { quoted } from "./tables.js"

/** Renewed this many times before it would end. */
const beatsEach = 3
/** How long an update that came early waits for its turn at most, in milliseconds: then its receiver has died. */
const lateMs = 5_000
/** How often it is looked for such updates while there are any that came early, in milliseconds. */
const lookForLateMs = 1_000
/** How many of these are moved in one transaction. */
const lateAtOnce = 1_000

/** What a {@link Lease} works with. */
export interface LeaseOptions {
  readonly connection: StandingConnection
  /** The name of the queue's schema. */
  readonly schema: string
  readonly leaseMs: number
  /** The channel on which this process is told of updates; `null` where it is not told. */
  readonly channel: string | null
  /** Called when lanes of a worker that was not heard of can be taken. */
  readonly tookOver: () => void
}

interface RejoinAnswer {
  /** A `bigint`, as text. */
  readonly worker: string
  readonly is_known: boolean
  readonly lost: readonly number[]
}

interface BeatAnswer {
  readonly is_known: boolean
  readonly lost: readonly number[]
  /** Of each other worker its number, its beats (both `bigint`s, as text) and its lease. */
  readonly others: readonly string[]
  readonly beats: readonly string[]
  readonly leases: readonly number[]
  readonly has_early: boolean
  readonly is_heard: boolean
}

/**
 * This process as a worker of the queue: all lanes it holds are its own until its lease ends, which
 * is renewed while it lives. Other workers see that its beats are counted on, and it sees theirs; each
 * measures with its own monotonic clock. When this process has not heard of the database for as long
 * as the lease, it has to assume that its updates are another's: their signals abort.
 */
export class Lease {
  readonly #options: LeaseOptions
  readonly #held = new Set<HeldUpdate>()
  readonly #schema: string
  #worker: string | undefined
  #joining: Promise<string> | undefined
  #beat: Timer | undefined
  readonly #others = new OtherWorkers()
  #end: Timer | undefined
  #validUntil = 0
  #isClosed = false
  /** Whether another worker can be woken. */
  isHeard = false

  constructor(options: LeaseOptions) {
    this.#options = options
    this.#schema = quoted(options.schema)
  }

  /** The number of this worker; `undefined` until it has joined, and after it was lost. */
  get worker(): string | undefined {
    return this.#worker
  }

  /** Whether what is taken under the lease is this worker's alone, as far as this process knows. */
  isValidFor(worker: string): boolean {
    return worker === this.#worker && performance.now() < this.#validUntil
  }

  /** Joins the workers, where this is none of them. Rejects with a `StorageError`. */
  join(): Promise<string> {
    if (this.#worker !== undefined) return Promise.resolve(this.#worker)
    this.#joining ??= this.#join().finally(() => {
      this.#joining = undefined
    })
    return this.#joining
  }

  /** A delivery is held under this lease. */
  add(delivery: HeldUpdate): void {
    this.#held.add(delivery)
  }

  /** How many updates of each bot are held. */
  heldByBot(): ReadonlyMap<number, number> {
    const counts = new Map<number, number>()
    for (const { botId } of this.#held) counts.set(botId, (counts.get(botId) ?? 0) + 1)
    return counts
  }

  /** A delivery has ended. */
  remove(delivery: HeldUpdate): void {
    this.#held.delete(delivery)
  }

  /** The database knows this worker no more: what it held is another's. */
  lose(): void {
    this.#stop()
    this.#worker = undefined
    this.#loseAll()
  }

  /**
   * Becomes another worker and brings what it holds along. What was taken without this process having
   * heard of it is free again, and what is still under way in the database takes nothing any more.
   * Answers whether the lease had lasted until then.
   */
  async rejoin(): Promise<boolean> {
    const worker = this.#worker
    if (worker === undefined) return false
    const { connection, leaseMs, channel } = this.#options
    const held = [...this.#held]
    const asked = performance.now()
    const [answer] = await connection.ask<RejoinAnswer>(
      `SELECT * FROM ${this.#schema}.rejoin($1, $2, $3, $4, $5, $6)`,
      [worker, leaseMs, channel, ...keysOf(held)],
    )
    if (!answer || worker !== this.#worker) return false
    if (!answer.is_known) this.#loseAll()
    for (const delivery of held) delivery.worker = answer.worker
    this.#worker = answer.worker
    this.#renewed(asked)
    this.#loseThese(answer.lost, held)
    return answer.is_known
  }

  /** Takes over what workers hold that were not heard of. */
  async #takeOver(): Promise<void> {
    const overdue = this.#others.overdue(performance.now())
    if (overdue.length === 0) return
    await this.#options.connection.ask(`SELECT ${this.#schema}.take_over($1, $2)`, [
      overdue.map(({ id }) => id),
      overdue.map(({ beats }) => beats),
    ])
    this.#options.tookOver()
  }

  /** The clock was put back: no lane rests for longer than was asked for. */
  async settleRests(): Promise<void> {
    const { connection, tookOver } = this.#options
    try {
      await connection.ask(`SELECT ${this.#schema}.settle_rests()`, [])
      tookOver()
    } catch {
      // Another worker sees it, too; else they rest until then.
    }
  }

  /** Moves into their lanes what came early, and has not had its turn for as long as a lease. */
  async #takeInLate(): Promise<void> {
    const { connection, leaseMs, tookOver } = this.#options
    const afterMs = Math.min(leaseMs, lateMs)
    for (let count = lateAtOnce; count >= lateAtOnce;) {
      const [row] = await connection.ask<{ count: string }>(
        `SELECT ${this.#schema}.come_late($1) AS count`,
        [afterMs],
      )
      count = Number(row?.count)
      if (count > 0) tookOver()
    }
  }

  /** Leaves the workers. What is held can be taken by others. */
  async leave(): Promise<void> {
    this.#isClosed = true
    const worker = this.#worker
    this.lose()
    if (worker === undefined) return
    await this.#options.connection.ask(`SELECT ${this.#schema}.leave($1)`, [worker])
  }

  async #join(): Promise<string> {
    const { connection, leaseMs, channel } = this.#options
    const asked = performance.now()
    const [row] = await connection.ask<{ worker: string }>(
      `SELECT ${this.#schema}.join_workers($1, $2) AS worker`,
      [leaseMs, channel],
    )
    const worker = row?.worker ?? ""
    if (this.#isClosed) return worker
    this.#worker = worker
    this.#renewed(asked)
    // The others are observed from now on.
    this.#beatIn(0)
    return worker
  }

  #renewed(asked: number): void {
    const { leaseMs } = this.#options
    this.#stop()
    this.#validUntil = asked + leaseMs
    this.#end = new Timer(() => this.lose(), Math.max(this.#validUntil - performance.now(), 0))
    this.#beatIn(leaseMs / beatsEach)
  }

  #beatIn(ms: number): void {
    this.#beat?.stop()
    if (!this.#isClosed) this.#beat = new Timer(() => void this.#renew(), ms)
  }

  async #renew(): Promise<void> {
    const { connection, leaseMs, channel } = this.#options
    const worker = this.#worker
    const held = [...this.#held]
    const asked = performance.now()
    try {
      crashPoint("lease: sent")
      const [answer] = await connection.ask<BeatAnswer>(
        `SELECT * FROM ${this.#schema}.beat($1, $2, $3, $4, $5)`,
        [worker, channel, ...keysOf(held)],
      )
      crashPoint("lease: renewed")
      if (worker === this.#worker && answer) this.#heed(answer, held, asked)
      await this.#takeOver()
      await this.#takeInLate()
    } catch {
      // The cycle of the worker has said why. What is held goes on until the lease ends.
      this.#others.forget()
      if (worker !== this.#worker || worker === undefined) return
      this.#beatIn(Math.min(leaseMs / beatsEach / 5, 1_000))
    }
  }

  #heed(answer: BeatAnswer, held: readonly HeldUpdate[], asked: number): void {
    // What was counted on until now may have been asked for until now.
    this.#others.see(seenIn(answer), performance.now())
    this.isHeard = answer.is_heard
    if (!answer.is_known) this.lose()
    else this.#renewed(asked)
    this.#loseThese(answer.lost, held)
    if (!answer.is_known) return this.#options.tookOver()
    const dueMs = this.#others.dueMs - performance.now() + 1
    const lateInMs = answer.has_early ? lookForLateMs : Infinity
    this.#beatIn(Math.min(this.#options.leaseMs / beatsEach, Math.max(dueMs, 0), lateInMs))
  }

  /** @param places counted from 1 */
  #loseThese(places: readonly number[], held: readonly HeldUpdate[]): void {
    for (const place of places) {
      const delivery = held[place - 1]
      // One whose end was written meanwhile is not held any more.
      if (delivery && this.#held.delete(delivery)) delivery.lose(new LeaseLost())
    }
  }

  #loseAll(): void {
    for (const delivery of this.#held) delivery.lose(new LeaseLost())
    this.#held.clear()
  }

  #stop(): void {
    this.#beat?.stop()
    this.#end?.stop()
  }
}

function seenIn({ others, beats, leases }: BeatAnswer): SeenWorker[] {
  // The three columns are of the same rows.
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
