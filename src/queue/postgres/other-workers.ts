/** Another worker, as the database knows it. */
export interface SeenWorker {
  /** The number of the worker: a `bigint`, as text. */
  readonly id: string
  /** The number of the worker's renewals so far: a `bigint`, as text. */
  readonly beats: string
  readonly leaseMs: number
}

/** Another worker, with the time of its last observed renewal. */
interface Observed extends SeenWorker {
  /** The time since when `beats` have not changed, on the clock of `performance.now`. */
  readonly sinceMs: number
}

/**
 * The other workers, as this process observes them. A worker is overdue if its `beats`, the count of its
 * renewals, have not changed for as long as its lease: the worker has died, or hangs. Time is measured with
 * the monotonic clock of this process, so that a wrong wall clock, or one that is set, neither ends a lease
 * nor prolongs it.
 */
export class OtherWorkers {
  #observed = new Map<string, Observed>()

  /** Records the present state of all other workers. */
  observe(workers: readonly SeenWorker[], nowMs: number): void {
    const before = this.#observed
    this.#observed = new Map(
      workers.map((worker) => {
        const known = before.get(worker.id)
        const isSame = known?.beats === worker.beats
        return [worker.id, { ...worker, sinceMs: isSame ? known.sinceMs : nowMs }]
      }),
    )
  }

  /**
   * Forgets all observations, after the database could not be used. The other workers may not have
   * reached the database either, so that each of them gets its whole lease again.
   */
  forget(): void {
    this.#observed.clear()
  }

  /** Returns the workers that are overdue. */
  overdue(nowMs: number): SeenWorker[] {
    return [...this.#observed.values()].filter((worker) => endOf(worker) <= nowMs)
  }

  /**
   * The earliest time at which a worker will be overdue, on the clock of `performance.now`; `Infinity`
   * if there is no other worker.
   */
  get dueMs(): number {
    return Math.min(Infinity, ...Array.from(this.#observed.values(), endOf))
  }
}

function endOf({ sinceMs, leaseMs }: Observed): number {
  return sinceMs + leaseMs
}
