import type { IncomingMessage } from "node:http"
import type { WebhookResponse } from "../../webhook/webhook-response.js"

/** A page of a server for GET and HEAD. Returns the answer to a request, and never throws or rejects. */
export type ServerPage = (request: IncomingMessage) => WebhookResponse | Promise<WebhookResponse>
