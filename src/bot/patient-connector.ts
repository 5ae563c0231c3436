import { nodeNet } from "../ground/node-modules.js"
import type { buildConnector as Undici } from "undici"
import { buildConnector } from "./undici-parts.js"

/**
 * The connect timeouts of one address in the second and the third round, in milliseconds. A round tries all
 * addresses of a host. The first round uses Node's 250 ms; the next round follows if an address timed out.
 */
const laterTimeoutsMs = [1500, 6000]

/**
 * Returns a connector for hosts with several addresses. Node gives up each address after 250 ms, even the last
 * address, so a bot with a slow IPv4 and a broken IPv6 connection would never connect. This connector tries all
 * addresses again, with longer timeouts.
 *
 * @see https://github.com/nodejs/node/issues/54359
 */
export function patientConnector(): Undici.connector {
  const timeoutsMs = [nodeNet().getDefaultAutoSelectFamilyAttemptTimeout(), ...laterTimeoutsMs]
  const connectors: Undici.connector[] = []
  // The timeouts never decrease again: a round that was too short once is skipped from then on.
  let round = 0
  return function connect(options, callback) {
    const current = round
    connectors[current] ??= connectorWithin(timeoutsMs[current] ?? 0)
    connectors[current](options, (...[error, socket]) => {
      if (error === null) return callback(null, socket)
      if (!hasTimedOut(error) || current + 1 === timeoutsMs.length) return callback(error, null)
      round = Math.max(round, current + 1)
      connect(options, callback)
    })
  }
}

function connectorWithin(addressTimeoutMs: number): Undici.connector {
  // undici's types require a `port`, which undici passes at each connection.
  return buildConnector({
    autoSelectFamily: true,
    autoSelectFamilyAttemptTimeout: addressTimeoutMs,
  } as Undici.BuildOptions)
}

/** Returns whether an address was given up because of its timeout. */
function hasTimedOut(error: Error): boolean {
  if (error instanceof AggregateError) return error.errors.some(hasTimedOut)
  return "code" in error && error.code === "ETIMEDOUT"
}
