/**
 * Ages and waits that depend on the wall clock, which an operator or a time service may set at any time.
 * Durations inside a process are measured with `performance.now()`; stored times and the dates of
 * certificates need the wall clock.
 *
 * @module
 */
import { sleep } from "./sleep.js"

/** A forward jump of the wall clock: the clock was set forward. */
interface Jump {
  /** The time of the wall clock before the jump, in milliseconds since 1970. */
  readonly beforeMs: number
  /** The length of the jump, in milliseconds. */
  readonly byMs: number
}

/**
 * The shortest jump, in milliseconds. A smaller difference is rounding, or a time service that slews the
 * clock.
 */
const minJumpMs = 1_000
/** The number of jumps that are remembered. */
const maxJumps = 16
/** The longest sleep until the wall clock is read again, in milliseconds. */
const maxSleepMs = 600_000

/**
 * A clock that tells how long ago a time of the wall clock was. Forward jumps of the wall clock after that
 * time do not count as age. After a jump back, an age is at least 0. The suspension of a machine looks like a
 * jump, so updates then appear younger than they are, and no update is dropped by mistake.
 */
export class AgeClock {
  readonly #wall: () => number
  readonly #monotonic: () => number
  /** The time of the wall clock at the last reading. */
  #wallMs: number
  /** The time of the monotonic clock at the same moment. */
  #monotonicMs: number
  #jumps: readonly Jump[] = []

  /**
   * @param wall reads the wall clock, in milliseconds since 1970
   * @param monotonic reads the monotonic clock, which is never set, in milliseconds since any point
   */
  constructor(wall = () => Date.now(), monotonic = () => performance.now()) {
    this.#wall = wall
    this.#monotonic = monotonic
    this.#wallMs = wall()
    this.#monotonicMs = monotonic()
  }

  /**
   * Returns the age of a time, in milliseconds.
   *
   * @param stampMs a time of the wall clock, in milliseconds since 1970
   */
  ageOf(stampMs: number): number {
    this.#detectJump()
    const since = this.#jumps.filter(({ beforeMs }) => stampMs <= beforeMs)
    const jumpedMs = since.reduce((sum, { byMs }) => sum + byMs, 0)
    return Math.max(0, this.#wallMs - stampMs - jumpedMs)
  }

  /** Compares both clocks with their last values: a difference is a jump of the wall clock. */
  #detectJump(): void {
    const [wallMs, monotonicMs] = [this.#wall(), this.#monotonic()]
    const beforeMs = this.#wallMs + monotonicMs - this.#monotonicMs
    const byMs = wallMs - beforeMs
    if (byMs > minJumpMs) {
      this.#jumps = [...this.#jumps.slice(1 - maxJumps), { beforeMs, byMs }]
    } else if (byMs < -minJumpMs) this.#undoJumps(-byMs)
    this.#wallMs = wallMs
    this.#monotonicMs = monotonicMs
  }

  /** Shortens the latest forward jumps by a jump back, which usually corrects them. */
  #undoJumps(ms: number): void {
    let remainingMs = ms
    const shortened = this.#jumps.toReversed().map(({ beforeMs, byMs }) => {
      const undoneMs = Math.min(remainingMs, byMs)
      remainingMs -= undoneMs
      return { beforeMs, byMs: byMs - undoneMs }
    })
    this.#jumps = shortened.filter(({ byMs }) => byMs > 0).toReversed()
  }
}

let processClock: AgeClock | undefined

/**
 * Returns the clock of this process, which the first call creates. A change of the wall clock before that call
 * goes unnoticed, so every consumer makes the call before its first update. A program that only imports
 * Sounder does not pay for `performance`, which Node loads at its first use.
 */
export function processAgeClock(): AgeClock {
  processClock ??= new AgeClock()
  return processClock
}

/** Returns the age of a time of the wall clock, in milliseconds; see {@link AgeClock}. */
export function ageOf(stampMs: number): number {
  return processAgeClock().ageOf(stampMs)
}

/**
 * Resolves when the wall clock reaches `date`, at most 10 minutes late if the clock is set during the wait.
 * An abort rejects with the signal's reason.
 */
export async function sleepUntil(date: Date, signal: AbortSignal): Promise<void> {
  for (;;) {
    signal.throwIfAborted()
    const remainingMs = date.getTime() - Date.now()
    if (remainingMs <= 0) return
    await sleep(Math.min(remainingMs, maxSleepMs), signal)
  }
}
