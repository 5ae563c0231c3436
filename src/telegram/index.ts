/** Telegram's types, values and errors; no I/O. */
export type * from "./types.js"
export type * from "./api.js"
export * from "./errors.js"
export * from "./input-file.js"
export * from "./parse-update.js"
export * from "./update-facts.js"
export * from "./update-types.js"
export * from "./webhook-errors/explain-webhook-error.js"
