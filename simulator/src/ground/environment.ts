import type { Clock } from "./clock.js"
import type { HostNames } from "./host-names.js"
import type { Random } from "./random.js"

/** What all parts of one simulator share. */
export interface Environment {
  readonly clock: Clock
  readonly random: Random
  /** Whether the rules are those of a local Bot API server. */
  readonly local: boolean
  /** Whether bots may write only as fast as Telegram recommends. */
  readonly limits: boolean
  /** Which names are played on this machine, and which are not to be found. */
  readonly names: HostNames
  /** What stands for the system's store of authorities; Node's own by default. */
  readonly authorities: readonly string[] | undefined
}

/** Unix time in seconds. */
export function unixTime(environment: Environment): number {
  return Math.floor(environment.clock.now() / 1000)
}
