/** The webhook: a function of plain values, its edges, its server, and the order of a start. */
export { deriveSecretToken } from "./secret-token.js"
export { Webhook, type WebhookHead, type WebhookOptions, type WebhookRequest } from "./webhook.js"
export type { WebhookResponse } from "./webhook-response.js"
export { webhookFetch } from "./webhook-fetch.js"
export { WebhookIntake } from "./webhook-intake.js"
export type { WebhookIntakeOptions } from "./webhook-intake-options.js"
export { webhookListener } from "./webhook-listener.js"
export { type WebhookAddress, WebhookServer, type WebhookServerOptions } from "./webhook-server.js"
