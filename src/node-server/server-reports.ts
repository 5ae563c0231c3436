import { connectionRefused, type ConnectionRefusalReason } from "../events/index.js"
import type { Logger } from "../ground/logger.js"
import { unixCaller } from "./client-address/networks.js"
import type { Connections, ConnectionEvents } from "./connections.js"
import { RefusalReports } from "./refusal-reports.js"
import type { ExplainedRefusal } from "./tls-refusals.js"

const proxyRefusals = {
  "proxy-header": (peer: string) =>
    `The server closed a connection from ${peer} without the PROXY protocol, which \`proxyProtocol\` requires. Let the proxy send it (haproxy: send-proxy-v2; nginx: proxy_protocol on), or set \`proxyProtocol: false\``,
  "untrusted-proxy": (peer: string) =>
    `The server closed a connection from ${peer}: \`proxyProtocol\` is set, and \`trustedProxies\` does not contain this address`,
}

/** The reports of a server's refused requests and connections: to the log and to diagnostics channels. */
export class ServerReports implements ConnectionEvents {
  readonly #reports: RefusalReports

  constructor(logger: Logger) {
    this.#reports = new RefusalReports(logger)
  }

  /** Reports a request from an address that `allowFrom` does not permit. */
  address(caller: string | undefined, text: string): void {
    this.#reports.report("address", caller, text)
  }

  /** Reports a failed TLS handshake, or a connection with a protocol other than the server's. */
  connection(client: string, { reason, text }: ExplainedRefusal): void {
    this.#refused(reason, client, text)
  }

  /** Reports a connection with an unknown protocol, probably of a scanner: only to the channel. */
  scanner(client: string): void {
    publish("not-http", client)
  }

  /** Reports a connection without the PROXY protocol, or of an untrusted proxy. */
  proxy(peer: string, reason: keyof typeof proxyRefusals): void {
    this.#refused(reason, peer, proxyRefusals[reason](peer))
  }

  /** Reports a connection that was closed because the server has too many. */
  crowded(client: string, isProven: boolean): void {
    // A closed stranger is normal under load, so it is only published to the channel.
    if (!isProven) return publish("crowded", client)
    this.#refused(
      "crowded",
      client,
      `The server has too many connections, and closed one from ${client} that had shown the secret: deliveries fail. Raise \`maxSockets\`, or lower \`maxConnections\` of the bots`,
    )
  }

  /** Reports that the number of proven connections approaches the limit. */
  many(proven: number, max: number): void {
    this.#reports.report(
      "many",
      unixCaller,
      `Telegram has ${proven} of at most ${max} connections. Raise \`maxSockets\`, or lower \`maxConnections\` of the bots, before deliveries fail`,
    )
  }

  /**
   * Frees file descriptors because none is free, and reports the shortage: closes strangers, up to a tenth of
   * all connections or eight, whichever is more.
   */
  outOfDescriptors(connections: Connections): void {
    const closed = connections.closeStrangers(Math.max(8, Math.ceil(connections.size / 10)))
    publish("descriptors", unixCaller)
    this.#reports.report(
      "descriptors",
      unixCaller,
      `The process has no free file descriptor (EMFILE), so new connections fail, also Telegram's. The server closed ${closed} connections that had not shown the secret. Raise the limit (ulimit -n, LimitNOFILE of systemd), or look for files that the program does not close`,
      60_000,
    )
  }

  #refused(reason: ConnectionRefusalReason, client: string, text: string): void {
    publish(reason, client)
    this.#reports.report(reason, client, text)
  }
}

function publish(reason: ConnectionRefusalReason, client: string): void {
  if (connectionRefused.hasSubscribers) connectionRefused.publish({ reason, client })
}
