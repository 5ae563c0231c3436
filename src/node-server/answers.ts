import type { IncomingMessage, ServerResponse } from "node:http"
import { taken, type WebhookResponse } from "../webhook/webhook-response.js"

/** Unwanted bodies up to this length are read and dropped, so that the connection can stay open. */
const discardableBytes = 1_048_576

/** Node before version 24 shows no header behind so many names and values. */
const mostShown = 2000

/**
 * Sends an answer. Never throws. Where the client has gone or another handler has answered first,
 * nothing is sent and `onUnsent` is called.
 */
export function send(response: ServerResponse, answer: WebhookResponse): void {
  if (response.headersSent || response.destroyed) {
    answer.onUnsent?.()
    return
  }
  if (answer === taken) {
    // A framework may have begun with another status, as Koa does with 404.
    response.statusCode = taken.status
    response.end()
    return
  }
  try {
    const length = Buffer.byteLength(answer.body)
    response.writeHead(answer.status, { ...answer.headers, "content-length": length })
    response.end(answer.body)
  } catch {
    // A header or body that cannot be sent, or a patched response of a framework.
    answer.onUnsent?.()
    response.destroy()
  }
}

/** Answers a request whose body is not wanted: a short one is dropped, a long one not awaited. */
export function refuse(
  request: IncomingMessage,
  response: ServerResponse,
  answer: WebhookResponse,
): void {
  if (!response.headersSent && !isDiscardable(request)) response.setHeader("connection", "close")
  send(response, answer)
}

function isDiscardable(request: IncomingMessage): boolean {
  if (request.complete) return true
  if (request.rawHeaders.length >= mostShown) return false
  const declared = request.headers["content-length"]
  if (declared === undefined) return request.headers["transfer-encoding"] === undefined
  return Number(declared) <= discardableBytes
}
