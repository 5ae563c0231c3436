/**
 * The transport for Node: own connections for calls, and undici for uploads, downloads and proxies.
 *
 * @module
 */
import type { PlainRequest } from "./direct/direct-request.js"
import { DirectServer } from "./direct/direct-server.js"
import { type ProxyOption, proxyFor } from "./outgoing-proxy.js"
import type { Transport, TransportRequest, TransportResponse } from "./transport.js"

/** Creates a transport. Connections are opened on demand and do not keep the process alive. */
export function createTransport(options: { readonly proxy?: ProxyOption } = {}): Transport {
  return new NodeTransport(options)
}

class NodeTransport implements Transport {
  readonly #options: { readonly proxy?: ProxyOption }
  /** The servers by origin; `undefined` for an origin that is behind a proxy. */
  readonly #servers = new Map<string, DirectServer | undefined>()
  #undici: Promise<Transport> | undefined

  constructor(options: { readonly proxy?: ProxyOption }) {
    this.#options = options
  }

  send(request: TransportRequest): Promise<TransportResponse<string>> {
    const server = isPlain(request) ? this.#serverOf(request.origin) : undefined
    return server && isPlain(request) ? server.send(request) : this.#sendByUndici(request)
  }

  async open(request: TransportRequest): Promise<TransportResponse<AsyncIterable<Uint8Array>>> {
    return (await this.#loadUndici()).open(request)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const servers = [...this.#servers.values()]
    const undici = this.#undici
    this.#servers.clear()
    this.#undici = undefined
    await Promise.all([
      ...servers.map((server) => server?.close()),
      undici?.then((transport) => transport[Symbol.asyncDispose]()),
    ])
  }

  #serverOf(origin: string): DirectServer | undefined {
    const existing = this.#servers.get(origin)
    if (existing || this.#servers.has(origin)) return existing
    const isProxied = proxyFor(origin, this.#options.proxy) !== undefined
    const server = isProxied ? undefined : new DirectServer(origin)
    this.#servers.set(origin, server)
    return server
  }

  async #sendByUndici(request: TransportRequest): Promise<TransportResponse<string>> {
    return (await this.#loadUndici()).send(request)
  }

  #loadUndici(): Promise<Transport> {
    return (this.#undici ??= import("./undici-transport.js").then(({ createTransport: create }) =>
      create(this.#options),
    ))
  }
}

function isPlain(request: TransportRequest): request is PlainRequest {
  return request.body === undefined || typeof request.body === "string"
}
