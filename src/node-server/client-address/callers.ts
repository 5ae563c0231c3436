import { expectInteger, unexpectedOption } from "../../ground/expect-option.js"
import { forwardedFor, type ForwardedHeader } from "./forwarded.js"
import { Networks, unixCaller } from "./networks.js"

/** The options about the addresses of a server's clients. */
export interface CallerOptions {
  /**
   * The proxies in front of the server whose header is believed. A number is the number of proxies
   * that add an entry to the header: with 2, the client is the second entry from the right. A list
   * contains the proxies' addresses and networks, with `"unix"` for unix sockets: the client is the
   * first entry from the right that the list does not contain. Default: none; the header is
   * ignored, and the client is the other end of the connection.
   */
  readonly trustedProxies?: number | readonly string[] | undefined
  /**
   * The header that the trusted proxies write, `"x-forwarded-for"` or `"forwarded"`. Other headers
   * are never read, because anyone could send them. Default: `"x-forwarded-for"`.
   */
  readonly forwardedHeader?: ForwardedHeader | undefined
  /**
   * Whether every connection has to begin with the PROXY protocol, version 1 or 2, in front of TLS
   * or HTTP; other connections are closed. If `trustedProxies` is a list, only its members may send
   * the protocol. Default: `false`.
   */
  readonly proxyProtocol?: boolean | undefined
  /**
   * The addresses and networks whose requests reach a webhook; others are answered with 403.
   * `"telegram"` stands for Telegram's own networks, `"unix"` for unix sockets. Default: everyone,
   * because the secret token decides.
   */
  readonly allowFrom?: readonly string[] | undefined
}

/** The headers of a request that may report its client. */
export type ForwardedHeaders = Readonly<
  Partial<Record<ForwardedHeader, string | string[] | undefined>>
>

/**
 * The rules about clients: how their addresses are determined, and which addresses are permitted. The
 * *client* of a connection is its peer, or the address from the PROXY protocol; the *caller* of a request is
 * the client behind all trusted proxies.
 */
export class Callers {
  readonly #proxies: number | Networks
  readonly #header: ForwardedHeader
  readonly #allowed: Networks | undefined

  /** Throws a `TypeError` for a wrong option. */
  constructor(options: CallerOptions) {
    const { trustedProxies = 0, forwardedHeader = "x-forwarded-for", allowFrom } = options
    this.#proxies =
      typeof trustedProxies === "number"
        ? expectInteger("trustedProxies", trustedProxies, 0, 100)
        : new Networks("trustedProxies", trustedProxies)
    if (forwardedHeader !== "x-forwarded-for" && forwardedHeader !== "forwarded") {
      unexpectedOption("forwardedHeader", '"x-forwarded-for" or "forwarded"', forwardedHeader)
    }
    this.#header = forwardedHeader
    this.#allowed = allowFrom && new Networks("allowFrom", allowFrom)
  }

  /** True if each connection carries the requests of a single client, because no proxy is trusted. */
  get isClientPerConnection(): boolean {
    return this.#proxies === 0
  }

  /** Returns true for a peer that may report a client's address: a trusted proxy. */
  isProxy(peer: string): boolean {
    return typeof this.#proxies === "number" || this.#proxies.includes(peer)
  }

  /**
   * Returns the address of a request's caller; `undefined` if a trusted proxy did not report it.
   *
   * @param headers the headers by their names in lower case
   * @param client the client of the connection
   */
  callerOf(headers: ForwardedHeaders, client: string): string | undefined {
    if (this.#proxies === 0) return client
    // Node joins repeated headers, so the value is never a list, contrary to its type.
    const value = headers[this.#header]?.toString()
    if (typeof this.#proxies === "number") {
      return forwardedFor(this.#header, value).at(-this.#proxies)
    }
    let caller: string | undefined = client
    const entries = this.#proxies.includes(client) ? [...forwardedFor(this.#header, value)] : []
    while (entries.length > 0 && caller !== undefined && this.#proxies.includes(caller)) {
      caller = entries.pop()
    }
    return caller
  }

  /** Returns the log message about a refused client. */
  refusalText(caller: string | undefined): string {
    if (caller === undefined) {
      return (
        "The server refused a request (403): `allowFrom` is set, and no trusted proxy reported the client's address. " +
        `Let the proxy write the header ${this.#header}, and compare \`trustedProxies\` with the number of proxies`
      )
    }
    const fix = this.isClientPerConnection
      ? "If this is the address of a proxy, set `trustedProxies` or `proxyProtocol`, so that the server uses the client's address"
      : "If the server should accept the request, compare `trustedProxies` with the proxies in front of the server"
    return `The server refused a request from ${caller === unixCaller ? "a unix socket" : caller} (403), because \`allowFrom\` does not contain this address. ${fix}`
  }

  /** True if only some addresses are permitted. */
  get isLimited(): boolean {
    return this.#allowed !== undefined
  }

  /** Returns true if a client may call webhooks. With `allowFrom`, an unknown client may not. */
  mayCall(caller: string | undefined): boolean {
    if (!this.#allowed) return true
    return caller !== undefined && this.#allowed.includes(caller)
  }
}

/** Returns the peer's address of a connection, as the operating system reports it. */
export function peerAddress(socket: { readonly remoteAddress?: string | undefined }): string {
  // A server that listens on IPv6 reports IPv4 addresses as IPv6 ones, as in ::ffff:192.0.2.1.
  return socket.remoteAddress?.replace(/^::ffff:(?=[\d.]+$)/i, "") ?? unixCaller
}
