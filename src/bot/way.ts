import type { Socket } from "node:net"
import { type buildConnector, type Dispatcher, Pool, ProxyAgent } from "undici"
import { type ProxyOption, proxyFor } from "./outgoing-proxy.js"
import { patientConnector } from "./patient-connector.js"
import { socksConnector } from "./socks-connector.js"

/** How servers are reached. */
export interface WayOptions {
  /** How many connections to one server are open at once at most. 256 by default. */
  readonly connections?: number
  /** The proxy on the way, `false` for none; by default what the environment says. */
  readonly proxy?: ProxyOption
}

/** The connections to one server, through a proxy where there is one. */
export class Way {
  /** Sends requests. */
  readonly dispatcher: Dispatcher
  /** The proxy. */
  readonly proxy: URL | undefined
  readonly #socketsToProxy = new Set<Socket>()
  #running = 0
  #idle: (() => void) | undefined

  constructor(origin: string, options: WayOptions) {
    this.proxy = proxyFor(origin, options.proxy)
    this.dispatcher = this.#open(origin, options.connections ?? 256)
  }

  /** A request begins. */
  begin(): void {
    this.#running += 1
  }

  /** A request has ended. */
  end(): void {
    this.#running -= 1
    if (this.#running === 0) this.#idle?.()
  }

  /** Closes the connections when the requests have ended, also those that are not made yet. */
  async close(): Promise<void> {
    const closed = this.dispatcher.close()
    if (this.#running > 0) await new Promise<void>((resolve) => (this.#idle = resolve))
    // A connection that nobody waits for any more may take as long as it likes to come.
    await this.dispatcher.destroy()
    // undici knows nothing of one to a SOCKS proxy that has not answered.
    for (const socket of this.#socketsToProxy) socket.destroy()
    await closed
  }

  #open(origin: string, connections: number): Dispatcher {
    // The bot keeps its own deadlines, which undici's must not cut short.
    const options = { connections, headersTimeout: 0, bodyTimeout: 0 }
    const { proxy } = this
    if (!proxy) return new Pool(origin, { ...options, connect: patientConnector() })
    const connect = this.#watched(patientConnector())
    if (proxy.protocol.startsWith("socks")) {
      return new Pool(origin, { ...options, connect: socksConnector(proxy, connect) })
    }
    const clientFactory = (url: URL) => new Pool(url, { connect })
    return new ProxyAgent({ uri: proxy.href, ...options, clientFactory })
  }

  #watched(connect: buildConnector.connector): buildConnector.connector {
    return (options, callback) =>
      connect(options, (...[error, socket]) => {
        if (error !== null) return callback(error, null)
        this.#socketsToProxy.add(socket)
        socket.once("close", () => this.#socketsToProxy.delete(socket))
        callback(null, socket)
      })
  }
}
