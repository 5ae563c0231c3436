import type { Clock } from "./clock.js"

const addressMs = 29 * 60_000
const failureMs = 5 * 60_000

/** The names that are played on this machine, with Telegram's memory of them. */
export class HostNames {
  readonly #clock: Clock
  readonly #table = new Map<string, string>()
  readonly #remembered = new Map<string, { readonly to: string; readonly until: number }>()

  /** @param hosts `host:port` of a webhook's URL to `address:port` on this machine */
  constructor(hosts: Readonly<Record<string, string>>, clock: Clock) {
    this.#clock = clock
    for (const [name, to] of Object.entries(hosts)) this.#table.set(name.toLowerCase(), to)
  }

  /** A name leads elsewhere; who has looked it up does not know yet. */
  set(name: string, to: string): void {
    this.#table.set(name.toLowerCase(), to)
  }

  /** Whether a name is played here. */
  has(name: string): boolean {
    return this.#table.has(name)
  }

  /** Where a name leads: `address:port`, `"unknown"` or `"unavailable"`. */
  find(name: string): string | undefined {
    const to = this.#table.get(name)
    if (to === undefined) return undefined
    const now = this.#clock.now()
    const remembered = this.#remembered.get(name)
    if (remembered !== undefined && now < remembered.until) return remembered.to
    const until = now + (isFailure(to) ? failureMs : addressMs)
    this.#remembered.set(name, { to, until })
    return to
  }
}

/** Returns true if a name leads to a failure in place of an address. */
export function isFailure(to: string): boolean {
  return to === "unknown" || to === "unavailable"
}
