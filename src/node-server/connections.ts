import type { ServerResponse } from "node:http"
import type { Socket } from "node:net"
import { nodeNet } from "../ground/node-modules.js"
import { peerAddress } from "./client-address/callers.js"
import type { ConnectionLimits } from "./connection-limits.js"

/**
 * An open connection. A *proven* connection has carried a request with the right secret; any other
 * connection is a *stranger*. A client is *known* for an hour after one of its connections was proven.
 */
interface Connection {
  readonly socket: Socket
  /** The last request with its answer; the connection is idle when this exchange is over. */
  exchange: HttpExchange | undefined
  /** The number of unanswered requests that came while an earlier request was unanswered (pipelining). */
  pipelined: number
  /** True after a request with the right secret. */
  isProven: boolean
  /** The sequence number of the connection's last request among all requests of the server. */
  lastRequest: number
  /** The peer's address, or the client's address from the PROXY protocol. */
  client: string
}

/** A request with its answer. */
export interface HttpExchange {
  /** True if the answer has been sent, or can no longer be sent. */
  readonly isOver: boolean
  /** Closes the connection when the exchange is over. */
  closeWhenOver(): void
}

/** The number of requests that a stranger may pipeline. Browsers and proxies pipeline none. */
const maxPipelined = 8

/** The time for which a client is known after it has shown the secret, in milliseconds. */
const knownMs = 60 * 60_000

/**
 * The largest number of known clients. Beyond it, the client that showed the secret longest ago is forgotten.
 */
const maxKnown = 1000

/** The share of the limit from which on the number of proven connections is reported. */
const reportedShare = 0.8

/** The events of a server's connections. */
export interface ConnectionEvents {
  /**
   * A connection was closed because there are too many: a new one, a proven one, or the oldest stranger of a
   * client. A stranger that makes room for a new connection is not reported.
   */
  readonly crowded: (client: string, isProven: boolean) => void
  /** The number of proven connections approaches the limit. */
  readonly many: (proven: number, max: number) => void
}

/**
 * The open connections of a server. Their number is limited in such a way that strangers cannot lock
 * Telegram out.
 *
 * At the limit, a new connection replaces the oldest stranger; strangers of known clients are replaced
 * last. If there are no strangers, it replaces the proven connection that has been idle for the longest
 * time. If a client that is not known has too many strangers, its oldest stranger is closed.
 */
export class Connections {
  readonly #limits: () => ConnectionLimits
  readonly #events: ConnectionEvents
  /** The times at which known clients last showed the secret, the latest last. */
  readonly #known = new Map<string, number>()
  /** The strangers, the oldest first. */
  readonly #strangers = new Set<Connection>()
  readonly #proven = new Set<Connection>()
  /** The strangers by the keys of their clients, except clients on this machine. */
  readonly #strangersOf = new Map<string, Set<Connection>>()
  /** The number of requests so far. */
  #requests = 0
  /** The connections by their sockets. A connection with TLS has two sockets: TCP's and TLS's. */
  readonly #bySocket = new WeakMap<Socket, Connection>()

  /** @param limits returns the current limits, which grow with the number of webhooks */
  constructor(limits: () => ConnectionLimits, events: ConnectionEvents) {
    this.#limits = limits
    this.#events = events
  }

  /** The number of open connections. */
  get size(): number {
    return this.#strangers.size + this.#proven.size
  }

  /** Adds a new connection, or closes it if the limit is reached and no other connection can be closed. */
  add(socket: Socket): void {
    const client = peerAddress(socket)
    if (this.size >= this.#limits().max && !this.#evictOne()) {
      this.#events.crowded(client, false)
      socket.destroy()
      return
    }
    const connection: Connection = {
      socket,
      exchange: undefined,
      pipelined: 0,
      isProven: false,
      lastRequest: 0,
      client,
    }
    this.#strangers.add(connection)
    this.#bySocket.set(socket, connection)
    socket.once("close", () => this.#forget(connection))
    this.#count(connection)
  }

  /** Connects the TLS socket of a finished handshake to its connection. */
  secured(socket: Socket): void {
    // A private field in all versions of Node. If it were missing, the connection would stay a stranger.
    const { _parent: accepted } = socket as { _parent?: Socket }
    const connection = accepted && this.#bySocket.get(accepted)
    if (connection) this.#bySocket.set(socket, connection)
  }

  /** Replaces a connection's client by the address from the PROXY protocol. */
  setClient(socket: Socket, client: string): void {
    const connection = this.#bySocket.get(socket)
    if (!connection) return
    this.#uncount(connection)
    connection.client = client
    this.#count(connection)
  }

  /** Returns the client of a connection. */
  clientOf(socket: Socket): string {
    return this.#bySocket.get(socket)?.client ?? peerAddress(socket)
  }

  /**
   * Returns true if a request should be answered. Closes a stranger that pipelines too many requests,
   * because each takes far more memory than its bytes.
   */
  admit(socket: Socket, response: ServerResponse): boolean {
    const connection = this.#bySocket.get(socket)
    if (connection && !connection.isProven && !isIdle(connection)) {
      connection.pipelined += 1
      response.once("close", () => (connection.pipelined -= 1))
      if (connection.pipelined > maxPipelined) connection.socket.destroy()
    }
    // Node still emits requests that it had read before the connection was closed.
    return !socket.destroyed && connection?.socket.destroyed !== true
  }

  /** Records a request that is being answered. */
  recordRequest(socket: Socket, exchange: HttpExchange, isProven: boolean): void {
    const connection = this.#bySocket.get(socket)
    if (!connection) return
    connection.exchange = exchange
    connection.lastRequest = this.#requests += 1
    if (!isProven || connection.isProven) return
    connection.isProven = true
    if (!this.#strangers.delete(connection)) return
    this.#uncount(connection)
    this.#proven.add(connection)
    this.#remember(connection.client)
    const { max } = this.#limits()
    if (this.#proven.size >= reportedShare * max) this.#events.many(this.#proven.size, max)
  }

  /** Closes up to `count` strangers, the oldest first. Returns the number of closed ones. */
  closeStrangers(count: number): number {
    const closed = [...this.#strangers].slice(0, count)
    for (const connection of closed) this.#close(connection)
    return closed.length
  }

  /** Returns the client of any socket, even of a TLS socket during its handshake. */
  clientBehind(socket: Socket): string {
    const { _parent: accepted } = socket as { _parent?: Socket }
    return this.clientOf(accepted ?? socket)
  }

  /** Closes idle connections at once, and the others as soon as their answers are sent. */
  closeWhenIdle(): void {
    for (const connection of [...this.#strangers, ...this.#proven]) {
      if (isIdle(connection)) connection.socket.destroy()
      else connection.exchange?.closeWhenOver()
    }
  }

  /** Closes all connections at once. */
  destroy(): void {
    for (const { socket } of [...this.#strangers, ...this.#proven]) socket.destroy()
  }

  /** Closes a connection to make room. Returns false if every connection is proven and busy. */
  #evictOne(): boolean {
    const stranger = this.#oldestStranger() ?? firstOf(this.#strangers)
    const evicted = stranger ?? this.#longestIdle()
    if (!evicted) return false
    if (evicted.isProven) this.#events.crowded(evicted.client, true)
    this.#close(evicted)
    return true
  }

  /** Returns the oldest stranger of an unknown client, even a busy one, which may never read its answer. */
  #oldestStranger(): Connection | undefined {
    for (const stranger of this.#strangers) if (!this.#isKnown(stranger.client)) return stranger
    return undefined
  }

  #longestIdle(): Connection | undefined {
    let found: Connection | undefined
    for (const proven of this.#proven) {
      if (isIdle(proven) && proven.lastRequest < (found?.lastRequest ?? Infinity)) found = proven
    }
    return found
  }

  #close(connection: Connection): void {
    this.#forget(connection)
    connection.socket.destroy()
  }

  #remember(client: string): void {
    const key = clientKey(client)
    if (key === undefined) return
    this.#known.delete(key)
    this.#known.set(key, performance.now())
    const [longestAgo] = this.#known.keys()
    if (this.#known.size > maxKnown && longestAgo !== undefined) this.#known.delete(longestAgo)
  }

  #isKnown(client: string): boolean {
    const shownMs = this.#known.get(clientKey(client) ?? "")
    return shownMs !== undefined && performance.now() - shownMs < knownMs
  }

  /**
   * Counts a stranger for its client, and closes the client's oldest stranger if there are too many.
   * Connections from this machine are not counted, because they usually come from a proxy.
   */
  #count(connection: Connection): void {
    const key = clientKey(connection.client)
    if (key === undefined) return
    const strangers = this.#strangersOf.get(key) ?? new Set()
    this.#strangersOf.set(key, strangers.add(connection))
    if (strangers.size <= this.#limits().maxPerClient || this.#isKnown(connection.client)) return
    const oldest = firstOf(strangers)
    if (!oldest) return
    this.#events.crowded(oldest.client, false)
    this.#close(oldest)
  }

  #uncount(connection: Connection): void {
    const key = clientKey(connection.client) ?? ""
    const strangers = this.#strangersOf.get(key)
    strangers?.delete(connection)
    if (strangers?.size === 0) this.#strangersOf.delete(key)
  }

  #forget(connection: Connection): void {
    this.#strangers.delete(connection)
    this.#proven.delete(connection)
    this.#uncount(connection)
  }
}

function firstOf(connections: ReadonlySet<Connection>): Connection | undefined {
  for (const connection of connections) return connection
  return undefined
}

/**
 * Returns the key for all connections of one client: an IPv4 address, or the /64 network of an IPv6
 * address, because a host usually has a whole network. `undefined` for this machine.
 */
function clientKey(client: string): string | undefined {
  if (!nodeNet().isIPv6(client)) return /^(127\.|unix$)/.test(client) ? undefined : client
  if (client === "::1") return undefined
  const [head = "", tail] = client.split("::")
  const groups = head.split(":")
  // "::" stands for groups of zeros; the key consists of the first four groups.
  return tail === undefined || groups.length >= 4 ? groups.slice(0, 4).join(":") : `${head}::`
}

function isIdle({ exchange }: Connection): boolean {
  return exchange === undefined || exchange.isOver
}
