import type { buildConnector as Undici } from "undici"
import { AddressTimeouts } from "./address-timeouts.js"
import { buildConnector } from "./undici-parts.js"

/** Returns a connector of undici that tries all addresses of a host with growing timeouts. */
export function patientConnector(): Undici.connector {
  const timeouts = new AddressTimeouts()
  const connectors: Undici.connector[] = []
  return function connect(options, callback) {
    const { round } = timeouts
    connectors[round] ??= connectorWithin(timeouts.msOf(round))
    connectors[round](options, (...[error, socket]) => {
      if (error === null) return callback(null, socket)
      if (timeouts.roundAfter(round, error) === undefined) return callback(error, null)
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
