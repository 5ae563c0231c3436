import type { IncomingMessage, ServerResponse } from "node:http"
import type { Webhook } from "../webhook/webhook.js"
import { receive } from "./receive.js"

/** A request of `node:http`, declared here so that programs compile without `@types/node`. */
export interface NodeRequest {
  /** Its HTTP method. */
  readonly method?: string | undefined
  /** Its path and query. */
  readonly url?: string | undefined
  /** Its headers, by their names in lower case. */
  readonly headers: object
  /** The connection that it came over. */
  readonly socket: object
  /** True once its body has been read to the end. */
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
 * The webhook as a listener of a `node:http` or `node:https` server, and as a handler in Express
 * and its kin. Where a body parser has run before, its result is used.
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
    // Node's own objects; only their declarations are ours.
    receive(webhook, request as IncomingMessage, response as ServerResponse)
  }
}
