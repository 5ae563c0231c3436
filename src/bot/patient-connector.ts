import { getDefaultAutoSelectFamilyAttemptTimeout } from "node:net"
import { buildConnector } from "undici"

/**
 * The connect timeouts of one address in the second and the third round, in milliseconds. A round tries all
 * addresses of a host. The first round uses Node's 250 ms; the next round follows if an address timed out.
 */
const laterTimeoutsMs = [1500, 6000]

/**
 * Returns a connector for hosts with several addresses. Node gives up each address after 250 ms, also the
 * last one, so a bot with a slow IPv4 and a broken IPv6 connection would never connect. This connector tries all
 * addresses again, with longer timeouts.
 *
 * @see https://github.com/nodejs/node/issues/54359
 */
export function patientConnector(): buildConnector.connector {
  const connectors = [getDefaultAutoSelectFamilyAttemptTimeout(), ...laterTimeoutsMs].map((ms) =>
    // The cast: undici's types require a `port`, which undici passes at each connection.
    buildConnector({
      autoSelectFamily: true,
      autoSelectFamilyAttemptTimeout: ms,
    } as buildConnector.BuildOptions),
  )
  // The timeouts never decrease again: a round that was too short once is skipped from then on.
  let round = 0
  return function connect(options, callback) {
    const current = round
    connectors[current]?.(options, (...[error, socket]) => {
      if (error === null) return callback(null, socket)
      if (!hasTimedOut(error) || current + 1 === connectors.length) return callback(error, null)
      round = Math.max(round, current + 1)
      connect(options, callback)
    })
  }
}

/** Returns whether an address was given up because of its timeout. */
function hasTimedOut(error: Error): boolean {
  if (error instanceof AggregateError) return error.errors.some(hasTimedOut)
  return "code" in error && error.code === "ETIMEDOUT"
}
