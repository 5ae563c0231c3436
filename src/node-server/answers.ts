import type { IncomingMessage, ServerResponse } from "node:http"
import { acknowledged, type WebhookResponse } from "../webhook/webhook-response.js"

/** The longest unwanted body that is read and dropped, so that the connection can stay open. */
const discardableBytes = 1_048_576

/**
 * The maximum number of header names and values in `rawHeaders` of Node before version 24. If a request has this many,
 * Node may have dropped its `Content-Length`.
 */
const maxRawHeaders = 2000

/**
 * Sends an answer. Never throws. If the client has gone or another handler has already answered, sends
 * nothing and calls `onUnsent`.
 */
export function send(response: ServerResponse, answer: WebhookResponse): void {
  if (response.headersSent || response.destroyed) {
    answer.onUnsent?.()
    return
  }
  if (answer === acknowledged) {
    // Frameworks may preset another status, as Koa does with 404.
    response.statusCode = acknowledged.status
    response.end()
    return
  }
  try {
    const length = Buffer.byteLength(answer.body)
    response.writeHead(answer.status, { ...answer.headers, "content-length": length })
    response.end(answer.body)
  } catch {
    // An invalid header, or a response that a framework has patched.
    answer.onUnsent?.()
    response.destroy()
  }
}

/**
 * Answers a request without using its body. A short body is read and dropped; after a long one, the
 * connection is closed.
 */
export function refuse(
  request: IncomingMessage,
  response: ServerResponse,
  answer: WebhookResponse,
): void {
  if (!response.headersSent && !isDiscardable(request)) response.setHeader("connection", "close")
  send(response, answer)
}

/** Returns true if the rest of a request's body is known to be short enough to be read and dropped. */
function isDiscardable(request: IncomingMessage): boolean {
  if (request.complete) return true
  if (request.rawHeaders.length >= maxRawHeaders) return false
  const declared = request.headers["content-length"]
  if (declared === undefined) return request.headers["transfer-encoding"] === undefined
  return Number(declared) <= discardableBytes
}
