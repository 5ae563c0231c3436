import type { IncomingMessage, Server, ServerResponse } from "node:http"
import type { Socket } from "node:net"
import { errorStack } from "../ground/error-text.js"
import { peerAddress } from "./client-address/callers.js"
import { expectProxyHeader } from "./client-address/proxy-protocol-server.js"
import { answerClientError } from "./client-error.js"
import type { Connections } from "./connections.js"
import { isNoneLeft } from "./descriptor-watch.js"
import type { ServerReports } from "./server-reports.js"
import type { ServerRequests } from "./server-requests.js"
import { explainFirstBytes, explainTlsFailure, type ExplainedRefusal } from "./tls-refusals.js"
import type { ServerSettings } from "./webhook-server-options.js"

/** What the events of a server are given to. */
export interface ServerParts {
  readonly settings: ServerSettings
  readonly requests: ServerRequests
  readonly connections: Connections
  readonly reports: ServerReports
}

/** What Node tells of a connection that is no HTTP. */
interface ClientError extends NodeJS.ErrnoException {
  readonly rawPacket?: Buffer
}

/** Has the connections and requests of a server counted, bounded and answered. */
export function serveConnections(server: Server, parts: ServerParts): void {
  const { connections, reports } = parts
  if (parts.settings.proxyProtocol) expectProxy(server, parts)
  server.prependListener("connection", (socket: Socket) => connections.add(socket))
  server.on("secureConnection", (socket: Socket) => connections.secured(socket))
  server.on("request", answering(parts, "answer"))
  server.on("checkContinue", answering(parts, "answerExpecting"))
  server.on("clientError", (error: ClientError, socket) => {
    const client = connections.clientBehind(socket as Socket)
    const refusal = explained(error, client)
    if (refusal) reports.connection(client, refusal)
    else if (error.code?.startsWith("HPE_")) reports.scanner(client)
    answerClientError(error, socket)
  })
  // Errors of single connections; the one of listening is awaited where it happens.
  server.on("error", (error) => {
    if (isNoneLeft(error)) reports.noneLeft(connections)
  })
}

/** Failed handshakes come here, too; in TLS 1.3 a client may break one off when the server is done. */
function explained(error: ClientError, client: string): ExplainedRefusal | undefined {
  const { code = "ERR_TLS", rawPacket } = error
  if (/^ERR_(SSL|TLS)/.test(code)) return explainTlsFailure(error, client)
  return rawPacket && code.startsWith("HPE_") ? explainFirstBytes(rawPacket, client) : undefined
}

function answering(
  { requests, connections, settings }: ServerParts,
  how: "answer" | "answerExpecting",
): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => {
    const { socket } = request
    if (!connections.admit(socket, response)) return
    try {
      const isProven = requests[how](request, response, connections.clientOf(socket))
      connections.answering(socket, response, isProven)
    } catch (error) {
      // No request may end the process, whatever its answer needs.
      settings.logger.error(`A request could not be answered: ${errorStack(error)}`)
      socket.destroy()
    }
  }
}

function expectProxy(server: Server, { settings, connections, reports }: ServerParts): void {
  expectProxyHeader(server, {
    timeoutMs: 10_000,
    mayGreet: (socket) => settings.callers.isProxy(peerAddress(socket)),
    onGreeted: (socket, client) => {
      if (client !== undefined) connections.opened(socket, client)
    },
    onRefused: (socket, reason) => reports.proxy(peerAddress(socket), reason),
  })
}
