import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http"
import { once } from "node:events"
import type { AddressInfo } from "node:net"
import { expectOptionsObject } from "../ground/expect-option.js"
import type { Logger } from "../ground/logger.js"
import { listen, listenTargetOf } from "../node-server/listen.js"
import { guardedLogger } from "../telegram/guarded-logger.js"
import { SounderError } from "../telegram/errors.js"
import { plainAnswer, sendAnswer } from "./admin-answer.js"
import { AdminPages } from "./admin-pages.js"
import { AdminPassword } from "./admin-password.js"
import { BotActivity } from "./bot-activity.js"
import { FleetDirectory, StoreDirectory } from "./bot-directory.js"
import {
  expectOneSource,
  expectPassword,
  expectPlace,
  type FleetAdminAddress,
  fleetAdminOptionNames,
  type FleetAdminOptions,
} from "./fleet-admin-options.js"

/**
 * The limits of the server: its clients are a few browsers. Strangers who send nothing would otherwise occupy all
 * connections for half a minute, because Node looks for them every 30 seconds.
 */
const limits = {
  maxHeaderSize: 8_192,
  headersTimeout: 5_000,
  requestTimeout: 10_000,
  connectionsCheckingInterval: 1_000,
} as const
/** The maximum number of connections. */
const maxConnections = 64

/**
 * A page that shows the bots of a fleet with their states, their traffic and their last errors, and that parks and
 * wakes them. The page has an address of its own, on which nothing is shown without the password.
 *
 * @see docs/guides/admin-page.md
 * @example
 * ```ts
 * import { Fleet } from "sounder"
 * import { FleetAdmin } from "sounder/admin"
 *
 * const fleet = new Fleet()
 * const admin = new FleetAdmin({ fleet, password: process.env.FLEET_ADMIN_PASSWORD })
 * const { url } = await admin.start()
 * ```
 */
export class FleetAdmin implements AsyncDisposable {
  readonly #place: ReturnType<typeof expectPlace>
  readonly #password: AdminPassword
  readonly #options: FleetAdminOptions
  readonly #logger: Logger
  #activity: BotActivity | undefined
  #pages: AdminPages | undefined
  #server: Server | undefined
  #listening: Promise<void> | undefined

  /** @throws TypeError for a wrong option, and for a password with fewer than 12 characters */
  constructor(options: FleetAdminOptions) {
    expectOptionsObject(options, "new FleetAdmin({ fleet, password })", fleetAdminOptionNames)
    expectOneSource(options)
    this.#place = expectPlace(options)
    this.#password = new AdminPassword(expectPassword(options.password))
    this.#options = options
    this.#logger = guardedLogger(options.logger)
  }

  /**
   * Starts the page, and resolves with its address. Rejects with `listen-failed`, with a remedy, and with
   * `already-running`. The traffic is counted from the start on.
   */
  async start(): Promise<FleetAdminAddress> {
    if (this.#server) throw new SounderError("already-running", "The admin page runs already")
    const server = createServer(limits, (request, response) => void this.#serve(request, response))
    server.maxConnections = maxConnections
    this.#server = server
    this.#listening = listen(server, listenTargetOf(this.#place.listen, this.#place.port))
    try {
      await this.#listening
    } catch (error) {
      this.#server = undefined
      throw error
    }
    // Later errors concern single connections, and would end the process without a listener.
    server.on("error", () => {})
    this.#begin()
    return this.#addressOf(server)
  }

  /** Closes the page. */
  async close(): Promise<void> {
    await this.#listening?.catch(() => {})
    const server = this.#server
    if (!server) return
    this.#server = undefined
    this.#activity?.[Symbol.dispose]()
    const closed = once(server, "close")
    server.close()
    server.closeAllConnections()
    await closed
  }

  /** Closes the page. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  #begin(): void {
    const { fleet, store, queue = fleet?.queue } = this.#options
    this.#activity = fleet && new BotActivity()
    const directory = fleet ? new FleetDirectory(fleet) : store && new StoreDirectory(store)
    this.#pages = directory && new AdminPages({ directory, queue, activity: this.#activity })
  }

  #addressOf(server: Server): FleetAdminAddress {
    const address = server.address()
    if (typeof address !== "object" || address === null) return { port: undefined, url: undefined }
    if (!isLoopback(address)) {
      this.#logger.warn(
        `The admin page listens on ${address.address} without TLS: whoever can read the connection learns the ` +
          "password. Let a proxy with TLS stand in front of it, and close the port to others",
      )
    }
    const host = address.family === "IPv6" ? `[${address.address}]` : address.address
    return { port: address.port, url: `http://${host}:${address.port}/` }
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // A client that goes away is no failure of the page.
    request.on("error", () => {})
    response.on("error", () => {})
    sendAnswer(response, await this.#answer(request))
  }

  async #answer(request: IncomingMessage) {
    const admission = this.#password.check(request)
    if (typeof admission === "object") {
      return plainAnswer(429, "Too many wrong passwords", {
        "retry-after": String(admission.retryAfterS),
        connection: "close",
      })
    }
    if (admission === "refused" || !this.#pages) {
      return plainAnswer(401, "Password required", {
        connection: "close",
        "www-authenticate": 'Basic realm="Sounder", charset="UTF-8"',
      })
    }
    return this.#pages.answer(request)
  }
}

function isLoopback({ address }: AddressInfo): boolean {
  return address === "::1" || /^(::ffff:)?127\./.test(address)
}
