import { nodeNet } from "../ground/node-modules.js"

/**
 * The connect timeouts of one address in the second and the third round, in milliseconds. A round tries all
 * addresses of a host. The first round uses Node's 250 ms; the next round follows if an address timed out.
 */
const laterTimeoutsMs = [1500, 6000]

/**
 * The connect timeouts for hosts with several addresses. Node gives up each address after 250 ms, even the last
 * address, so a bot with a slow IPv4 and a broken IPv6 connection would never connect. All addresses are
 * therefore tried again, with longer timeouts.
 *
 * @see https://github.com/nodejs/node/issues/54359
 */
export class AddressTimeouts {
  readonly #timeoutsMs = [nodeNet().getDefaultAutoSelectFamilyAttemptTimeout(), ...laterTimeoutsMs]
  /** The timeouts never decrease again: a round that was too short once is skipped from then on. */
  #round = 0

  /** The round with which a connection begins. */
  get round(): number {
    return this.#round
  }

  /** Returns the connect timeout of one address in a round, in milliseconds. */
  msOf(round: number): number {
    return this.#timeoutsMs[round] ?? 0
  }

  /** Returns the round that follows after an error; `undefined` if longer timeouts do not help. */
  roundAfter(round: number, error: Error): number | undefined {
    if (!hasTimedOut(error) || round + 1 === this.#timeoutsMs.length) return undefined
    this.#round = Math.max(this.#round, round + 1)
    return this.#round
  }
}

/** Returns whether an address was given up because of its timeout. */
function hasTimedOut(error: Error): boolean {
  if (error instanceof AggregateError) return error.errors.some(hasTimedOut)
  return "code" in error && error.code === "ETIMEDOUT"
}
