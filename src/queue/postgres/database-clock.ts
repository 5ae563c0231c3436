/**
 * The largest deviation, in milliseconds, that does not count as a change of the clock: between two readings,
 * and between the two machines.
 */
const toleranceMs = 1_000
/**
 * The maximum number of jumps that are remembered. The time of an update that was put before the last eight
 * jumps is not converted exactly. Such an update has waited for so long that its exact age matters little.
 */
const maxJumps = 8

/** A moment at which the database's clock was set. */
interface Jump {
  /** The size of the jump in milliseconds; negative if the clock was set back. */
  readonly byMs: number
  /** The time of the last reading before the jump, on the clock of `performance.now`. */
  readonly afterMs: number
}

/** The times around a reading of the database's clock. */
export interface ReadAt {
  /** The time when the request for the reading was sent, on the clock of `performance.now`. */
  readonly sentMs: number
  /** The time when the reading arrived, on the clock of `performance.now`. */
  readonly answeredMs: number
  /** The time when the reading arrived, on the wall clock of this machine. */
  readonly wallMs: number
}

/**
 * The bounds of the difference between the database's clock and `performance.now`, in milliseconds. The
 * reading was taken at an unknown moment between its request and its arrival.
 */
interface OffsetBounds {
  readonly minMs: number
  readonly maxMs: number
}

/**
 * The clock of the database, as this process sees it. Converts the times of puts to this machine's
 * clock, so that the age of an update is right although a clock was set or the two clocks differ. A
 * process knows only the jumps of its own lifetime.
 */
export class DatabaseClock {
  #jumps: readonly Jump[] = []
  #offset: OffsetBounds | undefined
  /** The time of the last reading, on the clock of `performance.now`. */
  #readAtMs = 0
  /** The last reading, in milliseconds since 1970. */
  #readingMs = 0
  /**
   * The difference between this machine's wall clock and the database's, in milliseconds; 0 if they
   * agree.
   */
  #differenceMs = 0

  /**
   * Records a reading of the clock. Returns the jump since the last reading in milliseconds, negative if the
   * clock was set back; 0 if the clock was not set.
   *
   * @param timeMs the reading, in milliseconds since 1970
   */
  addReading(timeMs: number, { sentMs, answeredMs, wallMs }: ReadAt): number {
    const before = this.#offset
    const now = { minMs: timeMs - answeredMs, maxMs: timeMs - sentMs }
    const afterMs = this.#readAtMs
    this.#offset = now
    this.#readAtMs = answeredMs
    this.#readingMs = timeMs
    this.#compare(wallMs - timeMs, answeredMs - sentMs)
    if (!before || !areApart(before, now)) return 0
    const byMs = (now.minMs + now.maxMs - before.minMs - before.maxMs) / 2
    this.#jumps = [{ byMs, afterMs }, ...this.#jumps].slice(0, maxJumps)
    return byMs
  }

  /**
   * Converts a time on the database's clock to this machine's clock. Returns the same time for every
   * attempt of an update, as long as no clock is set.
   *
   * @param timeMs the time on the database's clock, in milliseconds since 1970
   * @param nowMs the present time on the clock of `performance.now`
   */
  toLocalTime(timeMs: number, nowMs: number): number {
    let time = timeMs
    for (const { byMs, afterMs } of this.#jumps) {
      const ageMs = this.#readingMs + nowMs - this.#readAtMs - time
      // The time was read after this jump. A time that fits the periods before and after the jump
      // counts as read after it, so that no update looks too old.
      if (ageMs >= -toleranceMs && ageMs <= nowMs - afterMs) break
      time += byMs
    }
    return time + this.#differenceMs
  }

  /**
   * Records the difference between the two clocks. Ignores a small difference, which comes from the travel
   * time of the reading and differs with every reading.
   */
  #compare(differenceMs: number, uncertainMs: number): void {
    const allowedMs = toleranceMs + uncertainMs
    if (Math.abs(differenceMs - this.#differenceMs) <= allowedMs) return
    this.#differenceMs = Math.abs(differenceMs) <= allowedMs ? 0 : differenceMs
  }
}

function areApart(one: OffsetBounds, other: OffsetBounds): boolean {
  return one.minMs - other.maxMs > toleranceMs || other.minMs - one.maxMs > toleranceMs
}
