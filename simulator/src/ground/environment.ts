import type { Clock } from "./clock.js"
import type { HostNames } from "./host-names.js"
import type { Random } from "./random.js"

/** The settings that all parts of one simulator share. */
export interface Environment {
  readonly clock: Clock
  readonly random: Random
  /** Whether the rules are those of a local Bot API server. */
  readonly local: boolean
  /** Whether Telegram's recommended rate limits apply to bots. */
  readonly limits: boolean
  /** The simulated host names. */
  readonly names: HostNames
  /** PEM certificates that replace the system's trust store. Default: Node's own. */
  readonly authorities: readonly string[] | undefined
}

/** Returns the current Unix time in seconds. */
export function unixTime(environment: Environment): number {
  return Math.floor(environment.clock.now() / 1000)
}
