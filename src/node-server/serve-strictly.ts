import type { Server } from "node:http"
import type { Socket } from "node:net"
import type { Connections } from "./connections.js"
import { takeBody, bodyText } from "./receive-request.js"
import type { ServerRequests } from "./server-requests.js"
import { StrictAnswers } from "./strict/strict-answers.js"
import { StrictConnection, type StrictServer } from "./strict/strict-connection.js"
import type { ServerSettings } from "./webhook-server-options.js"

/** The parts of a server that read and answer requests in Telegram's form. */
export interface StrictParts {
  readonly settings: ServerSettings
  readonly requests: ServerRequests
  readonly connections: Connections
}

/**
 * Lets a {@link StrictConnection} read each connection first, and `node:http` only connections that carry
 * other requests.
 *
 * @see docs/decisions/0044-the-strict-reader.md
 */
export function serveStrictly(
  server: Server,
  { settings, requests, connections }: StrictParts,
): void {
  // The event with which a connection is ready for HTTP: after the handshake, if there is one.
  const event = settings.sources.length > 0 ? "secureConnection" : "connection"
  // Node's own listener, which reads HTTP from the connection.
  const readers = server.listeners(event)
  const strict: StrictServer = {
    ...settings.timeouts,
    answers: new StrictAnswers(settings.timeouts.keepAliveTimeoutMs),
    accept: (head, connection) => {
      const { socket } = connection
      const webhook = requests.receiverOf(head, () => connections.clientOf(socket))
      if (webhook) connections.recordRequest(socket, connection, true)
      return webhook
    },
    take: (webhook, body, answer) => takeBody(webhook, bodyText(body), answer),
    handOver: (socket) => {
      for (const reader of readers) Reflect.apply(reader, server, [socket])
    },
    onError: (error, socket) => server.emit("clientError", error, socket),
  }
  server.removeAllListeners(event)
  server.on(event, (socket: Socket) => void new StrictConnection(socket, strict))
}
