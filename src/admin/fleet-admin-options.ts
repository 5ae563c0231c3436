import { expectInteger, expectText, type OptionNames } from "../ground/expect-option.js"
import { unexpectedOption } from "../ground/expect-option.js"
import { callerError } from "../ground/call-place.js"
import type { Logger } from "../ground/logger.js"
import type { Fleet } from "../fleet/fleet.js"
import type { BotStore } from "../fleet/store/index.js"
import type { UpdateQueue } from "../queue/index.js"

/** The options of a {@link FleetAdmin}. */
export interface FleetAdminOptions {
  /** The fleet whose bots the page shows. Either `fleet` or `store` is needed. */
  readonly fleet?: Fleet
  /**
   * A store of bots, for a page in a process of its own: the page then shows what the store knows, without the traffic
   * of the bots.
   */
  readonly store?: BotStore
  /** The queue whose depth the page shows. Default: the queue of `fleet`. */
  readonly queue?: UpdateQueue
  /** The password, of at least 12 characters. The user name of the login can be any. */
  readonly password: string | undefined
  /**
   * The address to listen on, or `unix:/path` for a unix socket. The page has no TLS: let a proxy with TLS stand in
   * front of any address but a loopback address. Default: `127.0.0.1`.
   */
  readonly listen?: string
  /** The port to listen on; 0 takes a free one. Default: 8090. */
  readonly port?: number
  /** The logger. Default: `console`. */
  readonly logger?: Logger
}

/** The address of an admin page. */
export interface FleetAdminAddress {
  /** The port; `undefined` for a unix socket. */
  readonly port: number | undefined
  /** The URL of the page; `undefined` for a unix socket. */
  readonly url: string | undefined
}

/** The names of the options of an admin page. */
export const fleetAdminOptionNames: OptionNames<FleetAdminOptions> = {
  fleet: true,
  store: true,
  queue: true,
  password: true,
  listen: true,
  port: true,
  logger: true,
}

/** The shortest password, in characters. */
const shortestPassword = 12

/**
 * Returns the password. Throws a `TypeError`, which does not contain the value, for any other value.
 *
 * @param name the name of the password in the error
 */
export function expectPassword(password: unknown, name = "the `password` option"): string {
  if (typeof password === "string" && password.length >= shortestPassword) return password
  const given =
    typeof password === "string"
      ? `one of ${password.length}`
      : `a value of type ${typeof password}`
  throw callerError(
    `Expected ${name} to be a text of at least ${shortestPassword} characters, got ${given}.`,
  )
}

/** Returns the place to listen on. Throws a `TypeError` for a wrong option. */
export function expectPlace({ listen = "127.0.0.1", port = 8090 }: FleetAdminOptions): {
  readonly listen: string
  readonly port: number
} {
  return { listen: expectText("listen", listen), port: expectInteger("port", port, 0, 65_535) }
}

/** Throws a `TypeError` unless there is either a fleet or a store. */
export function expectOneSource({ fleet, store }: FleetAdminOptions): void {
  if ((fleet === undefined) !== (store === undefined)) return
  unexpectedOption("fleet", "a `Fleet`, unless there is the `store` option", fleet)
}
