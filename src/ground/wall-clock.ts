/**
 * The wall clock, which may be set at any time. Durations are measured with `performance.now()`; what
 * is stored, and whatever a certificate says, has nothing but this clock.
 *
 * @module
 */
import { sleep } from "./sleep.js"

/** A forward step of the wall clock that was no passing of time. */
interface Jump {
  /** The last moment before it, as the clock showed it then. */
  readonly beforeMs: number
  readonly byMs: number
}

/** What is less than this is the slewing of a time service, or rounding. */
const leastJumpMs = 1_000
/** The number of jumps that are remembered. */
const mostJumps = 16
/** The longest wait before the wall clock is asked again. */
const longestSleepMs = 600_000

/**
 * Tells the age of what was stamped by the wall clock. Forward jumps of the clock that happened since
 * then do not count as age; after a jump back an age is 0 at least. A suspended machine looks like a
 * jump: what it had received is taken for younger than it is, which loses nothing.
 */
export class AgeClock {
  readonly #wall: () => number
  readonly #steady: () => number
  #wallMs: number
  #steadyMs: number
  #jumps: readonly Jump[] = []

  constructor(wall = () => Date.now(), steady = () => performance.now()) {
    this.#wall = wall
    this.#steady = steady
    this.#wallMs = wall()
    this.#steadyMs = steady()
  }

  /** @param stampMs what the wall clock showed then, in milliseconds since 1970 */
  ageOf(stampMs: number): number {
    this.#look()
    const since = this.#jumps.filter(({ beforeMs }) => stampMs <= beforeMs)
    const jumpedMs = since.reduce((sum, { byMs }) => sum + byMs, 0)
    return Math.max(0, this.#wallMs - stampMs - jumpedMs)
  }

  #look(): void {
    const [wallMs, steadyMs] = [this.#wall(), this.#steady()]
    const beforeMs = this.#wallMs + steadyMs - this.#steadyMs
    const byMs = wallMs - beforeMs
    if (byMs > leastJumpMs) {
      this.#jumps = [...this.#jumps.slice(1 - mostJumps), { beforeMs, byMs }]
    } else if (byMs < -leastJumpMs) this.#takeBack(-byMs)
    this.#wallMs = wallMs
    this.#steadyMs = steadyMs
  }

  /** A clock that is set back has been set forward before, where that is known. */
  #takeBack(ms: number): void {
    let leftMs = ms
    const kept = this.#jumps.toReversed().map(({ beforeMs, byMs }) => {
      const backMs = Math.min(leftMs, byMs)
      leftMs -= backMs
      return { beforeMs, byMs: byMs - backMs }
    })
    this.#jumps = kept.filter(({ byMs }) => byMs > 0).toReversed()
  }
}

const ages = new AgeClock()

/** Returns the age of what was stamped by the wall clock, in milliseconds; see {@link AgeClock}. */
export function ageOf(stampMs: number): number {
  return ages.ageOf(stampMs)
}

/**
 * Waits until the wall clock shows a time, also where the clock is set meanwhile. An abort ends the
 * wait at once, and the promise rejects with the signal's reason.
 */
export async function sleepUntil(date: Date, signal: AbortSignal): Promise<void> {
  for (;;) {
    signal.throwIfAborted()
    const leftMs = date.getTime() - Date.now()
    if (leftMs <= 0) return
    await sleep(Math.min(leftMs, longestSleepMs), signal)
  }
}
