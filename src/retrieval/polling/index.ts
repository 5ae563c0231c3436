/** Receiving updates by calling `getUpdates`. */
export { Polling } from "./polling.js"
export type { PollingBot, PollingOptions } from "./polling-options.js"
