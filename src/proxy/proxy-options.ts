/** A proxy that a configuration can be written for. */
export type ProxyName = "haproxy" | "nginx" | "caddy" | "apache"

/** A bot behind a proxy. */
export interface ProxyBot {
  /** The host of its webhook's URL: a name, or an IPv4 address where TLS ends at the proxy. */
  readonly host: string
  /**
   * The path of its webhook's URL, which the bot is given unchanged, with all that is below it. All
   * paths of the host that are nobody else's by default.
   */
  readonly path?: string
  /** Where it listens: `127.0.0.1:5000`, `bot1:5000`, `[::1]:5000` or `unix:/run/bot1.sock`. */
  readonly server: string
}

/** What {@link proxyConfiguration} can be told. */
export interface ProxyOptions {
  /** The bots, in any order. */
  readonly bots: readonly ProxyBot[]
  /**
   * The absolute path of a folder with a file `HOST.pem` for each host, which holds its certificate
   * (the host's own first) and then its private key, or of one such `.pem` file for all hosts. Needed
   * unless `passthrough`; Caddy gets certificates by itself where there is none.
   */
  readonly certificates?: string
  /** The address and port on which Telegram comes in. `0.0.0.0:443` by default. */
  readonly listen?: string
  /**
   * Whether TLS is passed on by the name that is asked for (SNI), so that the bots take it off.
   * `false` by default; not with Caddy and Apache.
   */
  readonly passthrough?: boolean
  /**
   * Whether a bot that takes TLS off is told the client's address by the PROXY protocol; its server
   * has to expect it. `false` by default; only with `passthrough`.
   */
  readonly proxyProtocol?: boolean
  /**
   * Whether Telegram's connections stay open between requests, where TLS ends at the proxy. `true` by
   * default. With `false` each request has a connection of its own, as Telegram opens 20 a second at
   * most; then a reload of nginx or Caddy has no idle connection to close, and fails not one request.
   */
  readonly keepAlive?: boolean
  /**
   * An address and port of this machine, as `127.0.0.1:8404`, where `/health` is answered with 200
   * and the proxy shows its numbers: haproxy and Apache at `/`, nginx and Caddy at `/metrics`. None by default.
   */
  readonly stats?: string
  /** The system's user that haproxy, nginx or Apache runs as. Its own default without; not with Caddy. */
  readonly user?: string
  /**
   * The DNS server that haproxy and nginx ask again and again for the names of bots, as `127.0.0.11`, so
   * that they start while a name is unknown, and follow when it leads elsewhere. Default: Docker's for
   * names without a dot, which are those of containers; other names are looked up once, at the start.
   */
  readonly resolver?: string
}
