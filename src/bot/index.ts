/** The client of the Bot API. */
export type * from "./api-calls.js"
export type * from "./bot-options.js"
export * from "./bot.js"
export type * from "./call-defaults.js"
export type { Download } from "./download.js"
export * from "./input-file-error.js"
export type * from "./transport.js"
