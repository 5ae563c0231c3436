import type { Clock } from "./clock.js"

/** The times for which Telegram remembers an address and a failed look-up. */
const addressMs = 29 * 60_000
const failureMs = 5 * 60_000

/** The simulated host names, with Telegram's DNS cache. */
export class HostNames {
  readonly #clock: Clock
  readonly #table = new Map<string, string>()
  readonly #remembered = new Map<string, { readonly to: string; readonly until: number }>()

  /** @param hosts `host:port` of a webhook's URL to `address:port` on this machine */
  constructor(hosts: Readonly<Record<string, string>>, clock: Clock) {
    this.#clock = clock
    for (const [name, to] of Object.entries(hosts)) this.#table.set(name.toLowerCase(), to)
  }

  /** Changes the target of a name; cached look-ups keep the old one until they expire. */
  set(name: string, to: string): void {
    this.#table.set(name.toLowerCase(), to)
  }

  /** Returns whether a name is simulated. */
  has(name: string): boolean {
    return this.#table.has(name)
  }

  /**
   * Returns the target of a name: `address:port`, `"unknown"` or `"unavailable"`; `undefined` for
   * other names.
   */
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

/** Returns true if the target of a name is a failure instead of an address. */
export function isFailure(to: string): boolean {
  return to === "unknown" || to === "unavailable"
}
