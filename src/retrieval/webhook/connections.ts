import type { ServerResponse } from "node:http"
import type { Socket } from "node:net"

/** One open connection. */
interface Connection {
  readonly socket: Socket
  /** The answer that was begun last; nothing is in flight once it has been sent. */
  response: ServerResponse | undefined
  /** Whether a request with the right secret came over it. */
  isProven: boolean
}

/**
 * The open connections of a server, limited in number so that silent ones cannot lock Telegram
 * out: a new one takes the place of the oldest that has never shown the secret and has no request
 * in flight, else of the oldest idle one.
 */
export class Connections {
  readonly #max: number
  readonly #silent = new Set<Connection>()
  readonly #proven = new Set<Connection>()
  // Over TLS a request shows another socket than the one that was accepted; both lead here.
  readonly #bySocket = new WeakMap<Socket, Connection>()
  readonly #byPeer = new Map<string, Connection>()

  /** @param max the most connections at a time */
  constructor(max: number) {
    this.#max = max
  }

  /** How many are open. */
  get size(): number {
    return this.#silent.size + this.#proven.size
  }

  /** Takes in a connection that was just accepted, or closes it where there is no room. */
  add(socket: Socket): void {
    if (this.size >= this.#max && !this.#evictOne()) {
      socket.destroy()
      return
    }
    const connection: Connection = { socket, response: undefined, isProven: false }
    const peer = peerOf(socket)
    this.#silent.add(connection)
    this.#bySocket.set(socket, connection)
    this.#byPeer.set(peer, connection)
    socket.once("close", () => {
      this.#forget(connection)
      if (this.#byPeer.get(peer) === connection) this.#byPeer.delete(peer)
    })
  }

  /** The TLS socket that was made of an accepted one. */
  secured(socket: Socket): void {
    const connection = this.#byPeer.get(peerOf(socket))
    if (connection) this.#bySocket.set(socket, connection)
  }

  /** A request came over the connection and is answered with `response`. */
  answering(response: ServerResponse, isProven: boolean): void {
    const connection = response.socket && this.#bySocket.get(response.socket)
    if (!connection) return
    connection.response = response
    if (!isProven || connection.isProven) return
    connection.isProven = true
    if (this.#silent.delete(connection)) this.#proven.add(connection)
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
    for (const connections of [this.#silent, this.#proven]) {
      for (const connection of connections) {
        if (!isIdle(connection)) continue
        this.#forget(connection)
        connection.socket.destroy()
        return true
      }
    }
    return false
  }

  #forget(connection: Connection): void {
    this.#silent.delete(connection)
    this.#proven.delete(connection)
  }
}

function isIdle({ response }: Connection): boolean {
  return response === undefined || response.writableFinished || response.destroyed
}

function closeWhenSent({ response, socket }: Connection): void {
  // Without a head as yet, Node itself can say and do it.
  if (response && !response.headersSent) response.shouldKeepAlive = false
  response?.once("close", () => socket.destroySoon())
}

function peerOf(socket: Socket): string {
  return `${socket.remoteAddress} ${socket.remotePort}`
}
