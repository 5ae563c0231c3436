/**
 * The parts that run wherever JavaScript does: Node, Workers, Deno, Bun.
 *
 * @module
 */
export type * from "./telegram/api.js"
export * from "./telegram/errors.js"
export * from "./telegram/input-file.js"
export * from "./telegram/parse-update.js"
export * from "./telegram/update-facts.js"
export * from "./telegram/update-types.js"
export type { Update } from "./telegram/types.js"
export * from "./bot/index.js"
export * from "./queue/index.js"
export * from "./dispatch/index.js"
export {
  Webhook,
  type WebhookHead,
  type WebhookOptions,
  type WebhookRequest,
} from "./webhook/webhook.js"
export * from "./webhook/webhook-fetch.js"
