import type { ServerResponse } from "node:http"
import { isIPv6, type Socket } from "node:net"
import { peerAddress } from "./client-address/callers.js"
import type { ConnectionLimits } from "./connection-limits.js"

/** One open connection. */
interface Connection {
  readonly socket: Socket
  /** The answer that was begun last; nothing is in flight once it has been sent. */
  response: ServerResponse | undefined
  /** How many requests came while another one waited for its answer, and wait for theirs. */
  ahead: number
  /** Whether a request with the right secret came over it. */
  isProven: boolean
  /** When its last request came, in the order of all requests. */
  turn: number
  /** Who opened it, or for whom a proxy has. */
  client: string
}

/** How long an answer to a stranger may be on its way without any movement, in milliseconds. */
const strangerTimeoutMs = 90_000

/** How many requests a stranger may send ahead of their answers; browsers and proxies send none. */
const mostAhead = 8

/** How long a client that has shown the secret is known for it, in milliseconds. */
const knownMs = 60 * 60_000

/** So many clients are known for the secret; the one that showed it longest ago is forgotten. */
const mostKnown = 1000

/** The part of the limit at which connections of Telegram are said to be many. */
const manyPart = 0.8

/** What a server is told of its connections. */
export interface ConnectionEvents {
  /** A connection was closed because there are too many. `isProven` where it had shown the secret. */
  readonly crowded: (client: string, isProven: boolean) => void
  /** The connections that have shown the secret come near the limit. */
  readonly many: (proven: number, max: number) => void
}

/**
 * The open connections of a server, limited in number so that silent ones cannot lock Telegram out. A
 * new one takes the place of the oldest that has never shown the secret, that of a client that is
 * known for the secret last; then of the one that has been without a request for the longest time.
 * A client that opens too many loses its own, unless it is known for the secret.
 */
export class Connections {
  readonly #limits: () => ConnectionLimits
  readonly #events: ConnectionEvents
  /** Clients that have shown the secret, each with when; the latest last. */
  readonly #known = new Map<string, number>()
  readonly #silent = new Set<Connection>()
  readonly #proven = new Set<Connection>()
  readonly #silentOf = new Map<string, Set<Connection>>()
  #turn = 0
  // Over TLS a request shows another socket than the one that was accepted; both lead here.
  readonly #bySocket = new WeakMap<Socket, Connection>()

  /** @param limits returns the limits of the moment: they grow with the webhooks */
  constructor(limits: () => ConnectionLimits, events: ConnectionEvents) {
    this.#limits = limits
    this.#events = events
  }

  /** How many are open. */
  get size(): number {
    return this.#silent.size + this.#proven.size
  }

  /** Takes in a connection that was just accepted, or closes it where there is no room. */
  add(socket: Socket): void {
    const client = peerAddress(socket)
    if (this.size >= this.#limits().max && !this.#evictOne()) {
      this.#events.crowded(client, false)
      socket.destroy()
      return
    }
    const connection: Connection = {
      socket,
      response: undefined,
      ahead: 0,
      isProven: false,
      turn: 0,
      client,
    }
    this.#silent.add(connection)
    this.#bySocket.set(socket, connection)
    socket.once("close", () => this.#forget(connection))
    this.#count(connection)
  }

  /** The TLS socket that was made of an accepted one. */
  secured(socket: Socket): void {
    // Node's own field, in all its versions; without it the connection would only stay unproven.
    const { _parent: accepted } = socket as { _parent?: Socket }
    const connection = accepted && this.#bySocket.get(accepted)
    if (connection) this.#bySocket.set(socket, connection)
  }

  /** A proxy has said for whom it opened the connection. */
  opened(socket: Socket, client: string): void {
    const connection = this.#bySocket.get(socket)
    if (!connection) return
    this.#uncount(connection)
    connection.client = client
    this.#count(connection)
  }

  /** Who opened the connection over which a request came, or for whom a proxy has. */
  clientOf(socket: Socket): string {
    return this.#bySocket.get(socket)?.client ?? peerAddress(socket)
  }

  /**
   * Whether a request that came over the connection is to be answered with `response`. A stranger
   * that sends too many ahead of their answers is cut off: each costs far more memory than its bytes.
   */
  admit(socket: Socket, response: ServerResponse): boolean {
    const connection = this.#bySocket.get(socket)
    if (connection && !connection.isProven && !isIdle(connection)) {
      connection.ahead += 1
      response.once("close", () => (connection.ahead -= 1))
      if (connection.ahead > mostAhead) connection.socket.destroy()
    }
    // What has been read before it was cut off still comes.
    return !socket.destroyed && connection?.socket.destroyed !== true
  }

  /** A request came over the connection and is answered with `response`. */
  answering(socket: Socket, response: ServerResponse, isProven: boolean): void {
    const connection = this.#bySocket.get(socket)
    if (!connection) return
    connection.response = response
    connection.turn = this.#turn += 1
    // Until the answer is sent; whoever does not read it would stay for ever.
    if (!isProven) response.setTimeout(strangerTimeoutMs)
    if (!isProven || connection.isProven) return
    connection.isProven = true
    if (!this.#silent.delete(connection)) return
    this.#uncount(connection)
    this.#proven.add(connection)
    this.#know(connection.client)
    const { max } = this.#limits()
    if (this.#proven.size >= manyPart * max) this.#events.many(this.#proven.size, max)
  }

  /** Closes some connections of strangers, the oldest first. Returns how many. */
  giveUp(count: number): number {
    const given = [...this.#silent].slice(0, count)
    for (const connection of given) this.#close(connection)
    return given.length
  }

  /** The client of a TLS socket whose handshake has not ended, or of any other. */
  clientBehind(socket: Socket): string {
    const { _parent: accepted } = socket as { _parent?: Socket }
    return this.clientOf(accepted ?? socket)
  }

  /** Closes what is idle at once, the others as soon as their answers are sent. */
  closeWhenIdle(): void {
    for (const connection of [...this.#silent, ...this.#proven]) {
      if (isIdle(connection)) connection.socket.destroy()
      else closeWhenSent(connection)
    }
  }

  /** Closes everything at once. */
  destroy(): void {
    for (const { socket } of [...this.#silent, ...this.#proven]) socket.destroy()
  }

  #evictOne(): boolean {
    const silent = this.#oldestStranger() ?? first(this.#silent)
    const evicted = silent ?? this.#longestIdle()
    if (!evicted) return false
    if (evicted.isProven) this.#events.crowded(evicted.client, true)
    this.#close(evicted)
    return true
  }

  /** Whoever never shows the secret may also never read its answer: one in flight counts too. */
  #oldestStranger(): Connection | undefined {
    for (const one of this.#silent) if (!this.#isKnown(one.client)) return one
    return undefined
  }

  #longestIdle(): Connection | undefined {
    let found: Connection | undefined
    for (const one of this.#proven) {
      if (isIdle(one) && one.turn < (found?.turn ?? Infinity)) found = one
    }
    return found
  }

  #close(connection: Connection): void {
    this.#forget(connection)
    connection.socket.destroy()
  }

  #know(client: string): void {
    const name = clientName(client)
    if (name === undefined) return
    this.#known.delete(name)
    this.#known.set(name, performance.now())
    const [longestAgo] = this.#known.keys()
    if (this.#known.size > mostKnown && longestAgo !== undefined) this.#known.delete(longestAgo)
  }

  #isKnown(client: string): boolean {
    const shownMs = this.#known.get(clientName(client) ?? "")
    return shownMs !== undefined && performance.now() - shownMs < knownMs
  }

  /** One that is not proven counts for its client, unless that is this machine: a proxy, mostly. */
  #count(connection: Connection): void {
    const name = clientName(connection.client)
    if (name === undefined) return
    const silent = this.#silentOf.get(name) ?? new Set()
    this.#silentOf.set(name, silent.add(connection))
    if (silent.size <= this.#limits().maxPerClient || this.#isKnown(connection.client)) return
    const oldest = first(silent)
    if (!oldest) return
    this.#events.crowded(oldest.client, false)
    this.#close(oldest)
  }

  #uncount(connection: Connection): void {
    const name = clientName(connection.client) ?? ""
    const silent = this.#silentOf.get(name)
    silent?.delete(connection)
    if (silent?.size === 0) this.#silentOf.delete(name)
  }

  #forget(connection: Connection): void {
    this.#silent.delete(connection)
    this.#proven.delete(connection)
    this.#uncount(connection)
  }
}

function first(connections: ReadonlySet<Connection>): Connection | undefined {
  for (const connection of connections) return connection
  return undefined
}

/** What connections of one client have in common: of IPv6, the network that one host is given. */
function clientName(client: string): string | undefined {
  if (!isIPv6(client)) return /^(127\.|unix$)/.test(client) ? undefined : client
  if (client === "::1") return undefined
  const [head = "", tail] = client.split("::")
  const groups = head.split(":")
  // What "::" leaves out is zeros; only the first four groups matter.
  return tail === undefined || groups.length >= 4 ? groups.slice(0, 4).join(":") : `${head}::`
}

function isIdle({ response }: Connection): boolean {
  return response === undefined || response.writableFinished || response.destroyed
}

function closeWhenSent({ response, socket }: Connection): void {
  // Without a head as yet, Node itself can say and do it.
  if (response && !response.headersSent) response.shouldKeepAlive = false
  response?.once("close", () => socket.destroySoon())
}
