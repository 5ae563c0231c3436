import type { Socket } from "node:net"
import type { buildConnector, Dispatcher } from "undici"
import { type ProxyOption, proxyFor } from "./outgoing-proxy.js"
import { patientConnector } from "./patient-connector.js"
import { socksConnector } from "./socks-connector.js"
import { Pool } from "./undici-parts.js"

/** The maximum number of open connections to one server. */
const maxConnections = 256

/** Options of a {@link Route}. */
export interface RouteOptions {
  /** The URL of a proxy, `false` for none. Default: the proxy of the environment variables. */
  readonly proxy?: ProxyOption
}

/**
 * The connections to one server, directly or through a proxy. A pool of undici takes 20 KB even without a
 * connection, so the route drops its pool when the last idle connection has been closed.
 */
export class Route {
  /** The proxy; `undefined` for direct connections. */
  readonly proxy: URL | undefined
  readonly #origin: string
  readonly #hasLimit: boolean
  readonly #connect = patientConnector()
  /** The undici dispatcher that sends the requests; `undefined` while there are no connections. */
  #dispatcher: Dispatcher | undefined
  readonly #socketsToProxy = new Set<Socket>()
  /** The parts for an HTTP proxy, after {@link load}. */
  #proxyParts: typeof import("./undici-proxy.js") | undefined
  #running = 0
  /** Resolves the wait of `close` when no request is running. */
  #onIdle: (() => void) | undefined

  /** @param options.hasLimit false for any number of connections */
  constructor(origin: string, options: RouteOptions & { readonly hasLimit: boolean }) {
    this.proxy = proxyFor(origin, options.proxy)
    this.#origin = origin
    this.#hasLimit = options.hasLimit
  }

  /** The undici dispatcher that sends the requests. Another request may need another dispatcher. */
  get dispatcher(): Dispatcher {
    return (this.#dispatcher ??= this.#dropWhenIdle(this.#open()))
  }

  /** Whether the parts of undici that this route needs are loaded. */
  get isLoaded(): boolean {
    return !this.proxy || isSocks(this.proxy) || this.#proxyParts !== undefined
  }

  /** Loads the parts of undici that this route needs. */
  async load(): Promise<void> {
    if (!this.isLoaded) this.#proxyParts = await import("./undici-proxy.js")
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

  /** Waits for running requests, then closes all connections, including connections that are being opened. */
  async close(): Promise<void> {
    const dispatcher = this.#dispatcher
    const closed = dispatcher?.close()
    if (this.#running > 0) await new Promise<void>((resolve) => (this.#onIdle = resolve))
    // Without `destroy`, `close` would wait for connections that are being opened and no longer needed.
    await dispatcher?.destroy()
    // A request that has waited for `load` has opened its dispatcher since.
    if (this.#dispatcher !== dispatcher) await this.#dispatcher?.destroy()
    // undici does not know the sockets to a SOCKS proxy that has not answered yet.
    for (const socket of this.#socketsToProxy) socket.destroy()
    await closed
  }

  #dropWhenIdle(dispatcher: Dispatcher): Dispatcher {
    let open = 0
    dispatcher.on("connect", () => (open += 1))
    dispatcher.on("disconnect", () => {
      open -= 1
      if (open > 0 || this.#running > 0 || this.#dispatcher !== dispatcher) return
      this.#dispatcher = undefined
      void dispatcher.destroy()
    })
    return dispatcher
  }

  #open(): Dispatcher {
    // The bot limits the time of its requests itself, so the timeouts of undici are switched off.
    const connections = this.#hasLimit ? maxConnections : null
    const options = { connections, headersTimeout: 0, bodyTimeout: 0 }
    const { proxy } = this
    if (!proxy) return new Pool(this.#origin, { ...options, connect: this.#connect })
    const connect = this.#trackSockets(this.#connect)
    if (!this.#proxyParts) {
      return new Pool(this.#origin, { ...options, connect: socksConnector(proxy, connect) })
    }
    const { connectWith, ProxyAgent } = this.#proxyParts
    const clientFactory = (url: URL) =>
      Object.assign(new Pool(url, { connect }), { connect: connectWith })
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

function isSocks(proxy: URL): boolean {
  return proxy.protocol.startsWith("socks")
}
