/** Another worker, as the database knows it. */
export interface SeenWorker {
  /** A `bigint`, as text, as are its `beats`. */
  readonly id: string
  /** How often it has been heard of. */
  readonly beats: string
  readonly leaseMs: number
}

interface Observed extends SeenWorker {
  /** Since when the count of its beats stands still, on the clock of `performance.now`. */
  readonly sinceMs: number
}

/**
 * The other workers, as this process observes them: one whose count of beats has stood still for as
 * long as its lease is not heard of any more. Only the monotonic clock of this process counts, so that
 * no clock that is wrong or jumps, here or elsewhere, ends a lease or prolongs it.
 */
export class OtherWorkers {
  #observed = new Map<string, Observed>()

  /** This is how they are now. */
  see(workers: readonly SeenWorker[], nowMs: number): void {
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
   * The database was away, for the others perhaps, too: each gets the time of its lease to be heard of
   * again.
   */
  forget(): void {
    this.#observed.clear()
  }

  /** Those that were not heard of for as long as their lease. */
  overdue(nowMs: number): SeenWorker[] {
    return [...this.#observed.values()].filter((worker) => endOf(worker) <= nowMs)
  }

  /** When the first of them would be overdue. */
  get dueMs(): number {
    return Math.min(Infinity, ...Array.from(this.#observed.values(), endOf))
  }
}

function endOf({ sinceMs, leaseMs }: Observed): number {
  return sinceMs + leaseMs
}
