/** By how much clocks may differ or seem to move without having been set, in milliseconds. */
const toleranceMs = 1_000
/** How many jumps are remembered: an update from before the first of them has waited long anyway. */
const jumpsAtMost = 8

interface Jump {
  /** By how much the clock was put forward; negative where it was put back. */
  readonly byMs: number
  /** When it was last seen before that, on the clock of `performance.now`. */
  readonly afterMs: number
}

/** When an answer came that shows the time. */
export interface ReadAt {
  /** When it was asked for, on the clock of `performance.now`. */
  readonly sentMs: number
  /** When it came, on the clock of `performance.now`. */
  readonly answeredMs: number
  /** When it came, on the clock of this machine. */
  readonly wallMs: number
}

/** Between which bounds the database's clock is ahead of `performance.now`. */
interface Ahead {
  readonly leastMs: number
  readonly mostMs: number
}

/**
 * The clock of the database, as this process sees it: an update that was stored before the clock was
 * set is neither older nor newer for it, nor is one whose database has another time than this machine.
 * A process sees the jumps of its own lifetime only.
 */
export class DatabaseClock {
  #jumps: readonly Jump[] = []
  #ahead: Ahead | undefined
  #seenMs = 0
  #shownMs = 0
  /** How far the clock of this machine is ahead of the database's; 0 where they agree. */
  #differenceMs = 0

  /**
   * Notes what the clock shows.
   *
   * @returns by how many milliseconds it was put forward since it was seen last, or back (negative)
   */
  shows(timeMs: number, { sentMs, answeredMs, wallMs }: ReadAt): number {
    const before = this.#ahead
    const now = { leastMs: timeMs - answeredMs, mostMs: timeMs - sentMs }
    const afterMs = this.#seenMs
    this.#ahead = now
    this.#seenMs = answeredMs
    this.#shownMs = timeMs
    this.#compare(wallMs - timeMs, answeredMs - sentMs)
    if (!before || !isApart(before, now)) return 0
    const byMs = (now.leastMs + now.mostMs - before.leastMs - before.mostMs) / 2
    this.#jumps = [{ byMs, afterMs }, ...this.#jumps].slice(0, jumpsAtMost)
    return byMs
  }

  /**
   * When something was that the database dates so, by the clock of this machine: the same for every
   * attempt, as long as no clock is set.
   *
   * @param nowMs now, on the clock of `performance.now`
   */
  hereAt(timeMs: number, nowMs: number): number {
    let time = timeMs
    for (const { byMs, afterMs } of this.#jumps) {
      const ageMs = this.#shownMs + nowMs - this.#seenMs - time
      // Dated since: of two that are possible the later counts, so that nothing is too old in vain.
      if (ageMs >= -toleranceMs && ageMs <= nowMs - afterMs) break
      time += byMs
    }
    return time + this.#differenceMs
  }

  /** A small difference is that of the answer's way, and would change with each. */
  #compare(differenceMs: number, uncertainMs: number): void {
    const allowedMs = toleranceMs + uncertainMs
    if (Math.abs(differenceMs - this.#differenceMs) <= allowedMs) return
    this.#differenceMs = Math.abs(differenceMs) <= allowedMs ? 0 : differenceMs
  }
}

function isApart(one: Ahead, other: Ahead): boolean {
  return one.leastMs - other.mostMs > toleranceMs || other.leastMs - one.mostMs > toleranceMs
}
