import type { IncomingMessage, ServerResponse } from "node:http"
import type { Webhook } from "../webhook/webhook.js"
import { receiveRequest } from "./receive-request.js"

/** A request of `node:http`, declared here so that programs compile without `@types/node`. */
export interface NodeRequest {
  /** The HTTP method. */
  readonly method?: string | undefined
  /** The path and query. */
  readonly url?: string | undefined
  /** The headers by their names in lower case. */
  readonly headers: object
  /** The connection. */
  readonly socket: object
  /** True once the body has been read to the end. */
  readonly readableEnded: boolean
}

/** A response of `node:http`, declared here so that programs compile without `@types/node`. */
export interface NodeResponse {
  /** The status that is sent with the headers. */
  statusCode: number
  /** True once the headers have been sent. */
  readonly headersSent: boolean
  /** True once `end` has been called. */
  readonly writableEnded: boolean
}

/**
 * Returns a listener for `node:http` and `node:https` servers, which is also a handler for Express and
 * similar frameworks. If a body parser has run before, the listener uses its result.
 *
 * @example
 * ```ts
 * import { createServer } from "node:http"
 * import { deriveSecretToken, MemoryQueue, Webhook, webhookListener } from "sounder"
 *
 * const secretToken = deriveSecretToken("123456:ABC")
 * const webhook = new Webhook({ botId: 123456, queue: new MemoryQueue(), secretToken })
 * const server = createServer(webhookListener(webhook))
 * ```
 */
export function webhookListener(
  webhook: Webhook,
): (request: NodeRequest, response: NodeResponse) => void {
  return (request, response) => {
    // Node made the objects; only their types are declared here.
    receiveRequest(webhook, request as IncomingMessage, response as ServerResponse)
  }
}
