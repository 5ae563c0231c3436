import type { IncomingMessage } from "node:http"
import { expectInteger, unexpectedOption } from "../../ground/expect-option.js"
import { forwardedFor, type ForwardedHeader } from "./forwarded.js"
import { Networks, unixCaller } from "./networks.js"

/** Who may call a server, and whom it believes about who calls. */
export interface CallerOptions {
  /**
   * The proxies in front of the server whose header is believed. A number says how many proxies add
   * to the header: the client is that many entries from the header's right end. A list names their
   * addresses and networks, with `"unix"` for unix sockets: the client is the first entry from the
   * right that the list does not contain. Default: none; the header is ignored, and the client is
   * the other end of the connection.
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

/** The rules of a server about the address of a client: whom it believes, and who may call. */
export class Callers {
  readonly #proxies: number | Networks
  readonly #header: ForwardedHeader
  readonly #allowed: Networks | undefined

  /** @throws TypeError for options that cannot be right */
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

  /** Whether one connection carries the requests of one client only, as far as can be known. */
  get areConnectionsOfOne(): boolean {
    return this.#proxies === 0
  }

  /** Returns whether a peer is a proxy that may name its client. */
  isProxy(peer: string): boolean {
    return typeof this.#proxies === "number" || this.#proxies.includes(peer)
  }

  /**
   * Returns the address of the client; `undefined` if a trusted proxy should have named it and has not.
   *
   * @param client who opened the connection, or for whom it was opened
   */
  callerOf(request: IncomingMessage, client: string): string | undefined {
    if (this.#proxies === 0) return client
    // Node joins a header that is repeated; the types leave room for a list.
    const value = request.headers[this.#header]?.toString()
    if (typeof this.#proxies === "number") {
      return forwardedFor(this.#header, value).at(-this.#proxies)
    }
    let caller: string | undefined = client
    const hops = this.#proxies.includes(client) ? [...forwardedFor(this.#header, value)] : []
    while (hops.length > 0 && caller !== undefined && this.#proxies.includes(caller)) {
      caller = hops.pop()
    }
    return caller
  }

  /** Returns why a client is refused, and what to do if it should not be. */
  refusalText(caller: string | undefined): string {
    if (caller === undefined) {
      return (
        "A request was answered with 403, because `allowFrom` is set and no trusted proxy said for whom it asks. " +
        `Have the proxy write the header ${this.#header}, and compare \`trustedProxies\` with how many proxies there are`
      )
    }
    const cure = this.areConnectionsOfOne
      ? "If a proxy calls from there, say so with `trustedProxies` or `proxyProtocol`: who calls is then whom it names"
      : "If it should not be, compare `trustedProxies` with the proxies that there are"
    return `A request from ${caller === unixCaller ? "a unix socket" : caller} was answered with 403, because \`allowFrom\` does not have this address. ${cure}`
  }

  /** Whether only some may call. */
  get isLimited(): boolean {
    return this.#allowed !== undefined
  }

  /** Returns whether a client may reach a webhook. An unknown one may not if there is a list. */
  mayCall(caller: string | undefined): boolean {
    if (!this.#allowed) return true
    return caller !== undefined && this.#allowed.includes(caller)
  }
}

/** Returns the address that opened a connection, as the operating system says. */
export function peerAddress(socket: { readonly remoteAddress?: string | undefined }): string {
  // A server on all addresses shows those of IPv4 as if they were of IPv6.
  return socket.remoteAddress?.replace(/^::ffff:(?=[\d.]+$)/i, "") ?? unixCaller
}
