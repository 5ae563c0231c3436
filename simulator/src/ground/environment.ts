import type { Clock } from "./clock.js"
import type { HostNames } from "./host-names.js"
import type { Random } from "./random.js"

/** The things that all parts of one simulator share. */
export interface Environment {
  readonly clock: Clock
  readonly random: Random
  /** Whether the rules are those of a local Bot API server. */
  readonly local: boolean
  /** Whether bots may write only as fast as Telegram recommends. */
  readonly limits: boolean
  /** Which names are played on this machine, and which are not to be found. */
  readonly names: HostNames
  /** PEM certificates in place of the system's store of authorities. Default: Node's own. */
  readonly authorities: readonly string[] | undefined
}

/** Unix time in seconds. */
export function unixTime(environment: Environment): number {
  return Math.floor(environment.clock.now() / 1000)
}
