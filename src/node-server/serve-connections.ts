import type { IncomingMessage, Server, ServerResponse } from "node:http"
import type { Socket } from "node:net"
import { errorStack } from "../ground/error-text.js"
import { peerAddress } from "./client-address/callers.js"
import { expectProxyHeader } from "./client-address/proxy-protocol-server.js"
import { answerClientError } from "./client-error.js"
import type { Connections } from "./connections.js"
import { isOutOfDescriptors } from "./descriptor-watch.js"
import type { ServerReports } from "./server-reports.js"
import type { ServerRequests } from "./server-requests.js"
import { NodeExchange } from "./node-exchange.js"
import { serveStrictly } from "./serve-strictly.js"
import { explainFirstBytes, explainTlsFailure, type ExplainedRefusal } from "./tls-refusals.js"
import type { ServerSettings } from "./webhook-server-options.js"

/** The parts of a server that handle its events. */
export interface ServerParts {
  readonly settings: ServerSettings
  readonly requests: ServerRequests
  readonly connections: Connections
  readonly reports: ServerReports
  /** True if requests in Telegram's form are read without `node:http`. */
  readonly readsStrictly: boolean
}

/** The time after which a stranger (see {@link Connections}) that does not read its answer is closed, in milliseconds. */
const strangerTimeoutMs = 90_000

/** The error that Node reports for a connection with invalid HTTP. */
interface ClientError extends NodeJS.ErrnoException {
  readonly rawPacket?: Buffer
}

/** Adds listeners to a server that count and limit its connections and answer its requests. */
export function serveConnections(server: Server, parts: ServerParts): void {
  const { connections, reports } = parts
  if (parts.readsStrictly) serveStrictly(server, parts)
  if (parts.settings.proxyProtocol) expectProxy(server, parts)
  server.prependListener("connection", (socket: Socket) => connections.add(socket))
  server.on("secureConnection", (socket: Socket) => connections.secured(socket))
  server.on("request", requestListener(parts, "answer"))
  server.on("checkContinue", requestListener(parts, "answerExpecting"))
  server.on("clientError", (error: ClientError, socket) => {
    const client = connections.clientBehind(socket as Socket)
    const refusal = explainError(error, client)
    if (refusal) reports.connection(client, refusal)
    else if (error.code?.startsWith("HPE_")) reports.scanner(client)
    answerClientError(error, socket)
  })
  // `listen` handles the error of a failed start. Later errors concern single connections.
  server.on("error", (error) => {
    if (isOutOfDescriptors(error)) reports.outOfDescriptors(connections)
  })
}

/**
 * Explains a failed TLS handshake, or first bytes that are not HTTP. Returns `undefined` for bytes of an unknown
 * protocol, and for any other error. In TLS 1.3, a client may reject a handshake that the server has completed: such a
 * failure is an error of the connection, too.
 */
function explainError(error: ClientError, client: string): ExplainedRefusal | undefined {
  const { code = "ERR_TLS", rawPacket } = error
  if (/^ERR_(SSL|TLS)/.test(code)) return explainTlsFailure(error, client)
  return rawPacket && code.startsWith("HPE_") ? explainFirstBytes(rawPacket, client) : undefined
}

function requestListener(
  { requests, connections, settings }: ServerParts,
  method: "answer" | "answerExpecting",
): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => {
    const { socket } = request
    if (!connections.admit(socket, response)) return
    try {
      const isProven = requests[method](request, response, connections.clientOf(socket))
      connections.recordRequest(socket, new NodeExchange(socket, response), isProven)
      // Without this time-out, a client that never reads its answer would keep the connection for ever.
      if (!isProven) response.setTimeout(strangerTimeoutMs)
    } catch (error) {
      // An exception here would end the process.
      settings.logger.error(`A request could not be answered: ${errorStack(error)}`)
      socket.destroy()
    }
  }
}

function expectProxy(server: Server, { settings, connections, reports }: ServerParts): void {
  expectProxyHeader(server, {
    timeoutMs: 10_000,
    isTrusted: (socket) => settings.callers.isProxy(peerAddress(socket)),
    onHeader: (socket, client) => {
      if (client !== undefined) connections.setClient(socket, client)
    },
    onRefused: (socket, reason) => reports.proxy(peerAddress(socket), reason),
  })
}
