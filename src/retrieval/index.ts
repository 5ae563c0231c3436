/** Ways of receiving updates: polling, the webhook, its edges and its server. */
export type { Intake } from "./intake.js"
export * from "./polling/index.js"
export * from "./webhook/index.js"
