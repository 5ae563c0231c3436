import { connectionRefused, type ConnectionRefusalReason } from "../events/index.js"
import type { Logger } from "../ground/logger.js"
import { unixCaller } from "./client-address/networks.js"
import type { Connections, ConnectionEvents } from "./connections.js"
import { RefusalReports } from "./refusal-reports.js"
import type { ExplainedRefusal } from "./tls-refusals.js"

const proxyRefusals = {
  "proxy-header": (peer: string) =>
    `A connection from ${peer} did not begin with the PROXY protocol, which \`proxyProtocol\` expects, and was closed. Have the proxy send it (haproxy: send-proxy-v2; nginx: proxy_protocol on), or set \`proxyProtocol: false\``,
  "untrusted-proxy": (peer: string) =>
    `A connection from ${peer} was closed: \`proxyProtocol\` is set, and \`trustedProxies\` does not have this address`,
}

/** What a server counts and says of the requests and connections that it turns away. */
export class ServerReports implements ConnectionEvents {
  readonly #reports: RefusalReports

  constructor(logger: Logger) {
    this.#reports = new RefusalReports(logger)
  }

  /** A request came from an address that may not call. */
  address(caller: string | undefined, text: string): void {
    this.#reports.say("address", caller, text)
  }

  /** A connection was not what the server speaks. */
  connection(client: string, { reason, text }: ExplainedRefusal): void {
    this.#refused(reason, client, text)
  }

  /** A connection was no HTTP, and nothing else that has a cure. */
  scanner(client: string): void {
    publish("not-http", client)
  }

  /** A connection did not begin with the PROXY protocol, or came from a proxy that is not trusted. */
  proxy(peer: string, reason: keyof typeof proxyRefusals): void {
    this.#refused(reason, peer, proxyRefusals[reason](peer))
  }

  /** A connection was closed because there are too many. */
  crowded(client: string, isProven: boolean): void {
    // Strangers come and go: only their number says something.
    if (!isProven) return publish("crowded", client)
    this.#refused(
      "crowded",
      client,
      `The server has no room for another connection, and closed one of ${client} that had shown the secret: deliveries fail. Raise \`maxSockets\`, or lower \`maxConnections\` of the bots`,
    )
  }

  /** The connections that have shown the secret come near the limit. */
  many(proven: number, max: number): void {
    this.#reports.say(
      "many",
      unixCaller,
      `${proven} of at most ${max} connections are Telegram's. Raise \`maxSockets\`, or lower \`maxConnections\` of the bots, before deliveries fail`,
    )
  }

  /** The process has no descriptor left: connections of strangers are given up, a tenth at a time. */
  noneLeft(connections: Connections): void {
    const given = connections.giveUp(Math.max(8, Math.ceil(connections.size / 10)))
    publish("descriptors", unixCaller)
    this.#reports.say(
      "descriptors",
      unixCaller,
      `The process has no descriptor left (EMFILE): new connections, Telegram's too, are lost. ${given} connections of strangers were closed. Raise the limit (ulimit -n, LimitNOFILE of systemd), or look for files that are left open`,
      60_000,
    )
  }

  #refused(reason: ConnectionRefusalReason, client: string, text: string): void {
    publish(reason, client)
    this.#reports.say(reason, client, text)
  }
}

function publish(reason: ConnectionRefusalReason, client: string): void {
  if (connectionRefused.hasSubscribers) connectionRefused.publish({ reason, client })
}
