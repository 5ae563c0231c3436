import type { Socket } from "node:net"
import { type buildConnector, type Dispatcher, Pool, ProxyAgent } from "undici"
import { type ProxyOption, proxyFor } from "./outgoing-proxy.js"
import { patientConnector } from "./patient-connector.js"
import { socksConnector } from "./socks-connector.js"

/** Options of a {@link Route}. */
export interface RouteOptions {
  /** The most open connections to one server. Default: 256. */
  readonly connections?: number
  /** The URL of a proxy, `false` for none. Default: the proxy of the environment variables. */
  readonly proxy?: ProxyOption
}

/** The connections to one server, directly or through a proxy. */
export class Route {
  /** The undici dispatcher that sends the requests. */
  readonly dispatcher: Dispatcher
  /** The proxy; `undefined` for direct connections. */
  readonly proxy: URL | undefined
  readonly #socketsToProxy = new Set<Socket>()
  #running = 0
  /** Resolves the wait of `close` when no request is running. */
  #onIdle: (() => void) | undefined

  constructor(origin: string, options: RouteOptions) {
    this.proxy = proxyFor(origin, options.proxy)
    this.dispatcher = this.#open(origin, options.connections ?? 256)
  }

  /** Counts a request that begins. */
  begin(): void {
    this.#running += 1
  }

  /** Counts a request that has ended. */
  end(): void {
    this.#running -= 1
    if (this.#running === 0) this.#onIdle?.()
  }

  /** Waits for running requests, then closes all connections, also those that are being opened. */
  async close(): Promise<void> {
    const closed = this.dispatcher.close()
    if (this.#running > 0) await new Promise<void>((resolve) => (this.#onIdle = resolve))
    // Without `destroy`, `close` would wait for connections that are being opened and no longer needed.
    await this.dispatcher.destroy()
    // undici does not know the sockets to a SOCKS proxy that has not answered yet.
    for (const socket of this.#socketsToProxy) socket.destroy()
    await closed
  }

  #open(origin: string, connections: number): Dispatcher {
    // The bot limits the time of its requests itself, so the timeouts of undici are switched off.
    const options = { connections, headersTimeout: 0, bodyTimeout: 0 }
    const { proxy } = this
    if (!proxy) return new Pool(origin, { ...options, connect: patientConnector() })
    const connect = this.#trackSockets(patientConnector())
    if (proxy.protocol.startsWith("socks")) {
      return new Pool(origin, { ...options, connect: socksConnector(proxy, connect) })
    }
    const clientFactory = (url: URL) => new Pool(url, { connect })
    return new ProxyAgent({ uri: proxy.href, ...options, clientFactory })
  }

  #trackSockets(connect: buildConnector.connector): buildConnector.connector {
    return (options, callback) =>
      connect(options, (...[error, socket]) => {
        if (error !== null) return callback(error, null)
        this.#socketsToProxy.add(socket)
        socket.once("close", () => this.#socketsToProxy.delete(socket))
        callback(null, socket)
      })
  }
}
