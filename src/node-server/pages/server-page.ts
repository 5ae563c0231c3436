import type { IncomingMessage } from "node:http"
import type { WebhookResponse } from "../../webhook/webhook-response.js"

/** What a server shows at a path of its own, to GET and HEAD. Must not throw or reject. */
export type ServerPage = (request: IncomingMessage) => WebhookResponse | Promise<WebhookResponse>
