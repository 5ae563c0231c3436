import type { IncomingMessage, ServerResponse } from "node:http"
import type { Webhook } from "../webhook/webhook.js"
import { receive } from "./receive.js"

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
): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => {
    receive(webhook, request, response)
  }
}
