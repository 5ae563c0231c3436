/** The supported proxies. */
export type ProxyName = "haproxy" | "nginx" | "caddy" | "apache"

/** A bot behind a proxy. */
export interface ProxyBot {
  /** The host of the webhook's URL: a name, or an IPv4 address if the proxy terminates TLS. */
  readonly host: string
  /**
   * The path of the webhook's URL. The proxy forwards this path and all paths below it, unchanged.
   * Default: all paths of the host that no other bot has.
   */
  readonly path?: string
  /** The bot's address: `127.0.0.1:5000`, `bot1:5000`, `[::1]:5000` or `unix:/run/bot1.sock`. */
  readonly server: string
}

/** The options of {@link proxyConfiguration}. */
export interface ProxyOptions {
  /** The bots, in any order. */
  readonly bots: readonly ProxyBot[]
  /**
   * The absolute path of a folder with a file `HOST.pem` for each host, or of one `.pem` file for all
   * hosts. Each file contains the server certificate, its issuers and the private key, in this order.
   * Required without `passthrough`, except for Caddy: without this option, Caddy gets certificates from an
   * ACME authority.
   */
  readonly certificates?: string
  /** The address and port on which the proxy listens for Telegram. Default: `0.0.0.0:443`. */
  readonly listen?: string
  /**
   * True to forward TLS connections by their server name (SNI), so that the bots terminate TLS. Not
   * permitted with Caddy and Apache. Default: false.
   */
  readonly passthrough?: boolean
  /**
   * True to send the client's address to the bots with the PROXY protocol, which their servers then have
   * to expect. Requires `passthrough`. Default: false.
   */
  readonly proxyProtocol?: boolean
  /**
   * True to keep Telegram's connections open between requests. False to use one connection per request:
   * a reload of nginx or Caddy then closes no idle connection and fails no request. Telegram opens at
   * most 20 connections per second. Not permitted with `passthrough`. Default: true.
   */
  readonly keepAlive?: boolean
  /**
   * The address and port of an additional server, as in `127.0.0.1:8404`. The server answers `/health` with 200
   * and serves the proxy's statistics: haproxy and Apache at `/`, nginx and Caddy at `/metrics`.
   * Default: none.
   */
  readonly stats?: string
  /** The user of the proxy's processes; not permitted with Caddy. Default: the proxy's default user. */
  readonly user?: string
  /**
   * The DNS server, as in `127.0.0.11`, that haproxy and nginx query regularly for the bots' host names.
   * The proxy then starts even if DNS does not know a name yet, and notices a new address. Default:
   * Docker's DNS server if a bot has a name without a dot, like a container; otherwise none, and the proxy
   * resolves the names once, at its start.
   */
  readonly resolver?: string
}
