import { performance } from "node:perf_hooks"
import { idleTimer, type Timer } from "../../ground/timer.js"

/** The length in milliseconds of the periods that are quiet or not. */
const periodMs = 1000

/** The number of quiet periods after which a program counts as quiet. */
const enoughPeriods = 20

/** The work of a process in a period. */
export interface Activity {
  /** Milliseconds of the period. */
  readonly elapsedMs: number
  /** Milliseconds in which the event loop ran code, or waited for a CPU to run it. */
  readonly activeMs: number
  /** Milliseconds of CPU time of all threads. */
  readonly cpuMs: number
}

/**
 * Returns whether a process only waited in a period. A process that loads its modules is not quiet, nor is one on a
 * machine without a free CPU, where the period itself ends late.
 */
export function isQuiet({ elapsedMs, activeMs, cpuMs }: Activity): boolean {
  return elapsedMs < 1.5 * periodMs && activeMs < 0.2 * elapsedMs && cpuMs < 0.2 * elapsedMs
}

/** A watch that calls a function once, when the process has only waited for 20 seconds in all. */
export class QuietWatch {
  readonly #onQuiet: () => void
  #quietPeriods = 0
  #timer: Timer

  constructor(onQuiet: () => void) {
    this.#onQuiet = onQuiet
    this.#timer = this.#nextPeriod()
  }

  /** Ends the watch. */
  stop(): void {
    this.#timer.stop()
  }

  #nextPeriod(): Timer {
    const begin = performance.now()
    const loop = performance.eventLoopUtilization()
    const cpu = process.cpuUsage()
    return idleTimer(() => {
      const { user, system } = process.cpuUsage(cpu)
      const activity = {
        elapsedMs: performance.now() - begin,
        activeMs: performance.eventLoopUtilization(loop).active,
        cpuMs: (user + system) / 1000,
      }
      if (isQuiet(activity)) this.#quietPeriods += 1
      if (this.#quietPeriods === enoughPeriods) return this.#onQuiet()
      this.#timer = this.#nextPeriod()
    }, periodMs)
  }
}
