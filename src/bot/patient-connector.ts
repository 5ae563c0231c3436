import { getDefaultAutoSelectFamilyAttemptTimeout } from "node:net"
import { buildConnector } from "undici"

/**
 * How long one address of a host may take to connect before the next is tried, in milliseconds.
 * Node's own 250 first, and more where all addresses were given up for that.
 */
const attemptsMs = [1500, 6000]

/**
 * Connects to hosts with several addresses, patiently. Node gives up each of them, the last one too,
 * after a quarter of a second: a bot with a slow way by IPv4 and none by IPv6 would never connect.
 *
 * @see https://github.com/nodejs/node/issues/54359
 */
export function patientConnector(): buildConnector.connector {
  const connectors = [getDefaultAutoSelectFamilyAttemptTimeout(), ...attemptsMs].map((ms) =>
    // Its types ask for a port, which every connection brings.
    buildConnector({
      autoSelectFamily: true,
      autoSelectFamilyAttemptTimeout: ms,
    } as buildConnector.BuildOptions),
  )
  // What was too hasty once is not tried again.
  let patience = 0
  return function connect(options, callback) {
    const tried = patience
    connectors[tried]?.(options, (...[error, socket]) => {
      if (error === null) return callback(null, socket)
      if (!wasHasty(error) || tried + 1 === connectors.length) return callback(error, null)
      patience = Math.max(patience, tried + 1)
      connect(options, callback)
    })
  }
}

/** Whether an address was given up because it took too long. */
function wasHasty(error: Error): boolean {
  if (error instanceof AggregateError) return error.errors.some(wasHasty)
  return "code" in error && error.code === "ETIMEDOUT"
}
