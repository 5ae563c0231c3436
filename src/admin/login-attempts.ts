/** The number of wrong passwords from one address within {@link windowMs}. */
const maxFailures = 10
/** The time after which failures are forgotten, in milliseconds. */
const windowMs = 60_000
/** The number of addresses that are remembered. Beyond it, the address that failed first is forgotten. */
const maxAddresses = 10_000

/** The wrong passwords from one address. */
interface Failures {
  count: number
  readonly untilMs: number
}

/** A limit of wrong passwords for each address, so that a password cannot be guessed. */
export class LoginAttempts {
  readonly #failures = new Map<string, Failures>()

  /** Returns the time until the address may try again, in seconds; 0 if it may try now. */
  waitOf(address: string | undefined, nowMs: number): number {
    const failures = this.#failures.get(networkOf(address))
    if (!failures || failures.untilMs <= nowMs || failures.count < maxFailures) return 0
    return Math.ceil((failures.untilMs - nowMs) / 1000)
  }

  /** Counts a wrong password. */
  fail(address: string | undefined, nowMs: number): void {
    const network = networkOf(address)
    const known = this.#failures.get(network)
    if (known && known.untilMs > nowMs) {
      known.count += 1
      return
    }
    this.#failures.delete(network)
    this.#failures.set(network, { count: 1, untilMs: nowMs + windowMs })
    for (const [oldest, { untilMs }] of this.#failures) {
      if (untilMs > nowMs && this.#failures.size <= maxAddresses) break
      this.#failures.delete(oldest)
    }
  }
}

/** Returns an IPv4 address, or the network of 64 bits of an IPv6 address, all of which belong to one subscriber. */
function networkOf(address = ""): string {
  const mapped = address.replace(/^::ffff:(?=\d+\.)/i, "")
  if (!mapped.includes(":")) return mapped
  const [head = ""] = mapped.split("%")
  const [left = "", right] = head.split("::")
  const groups = left === "" ? [] : left.split(":")
  const missing =
    right === undefined ? 0 : 8 - groups.length - right.split(":").filter(Boolean).length
  const all = [...groups, ...Array<string>(Math.max(0, missing)).fill("0")]
  return all.slice(0, 4).join(":")
}
