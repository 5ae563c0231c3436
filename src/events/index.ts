/**
 * What Sounder tells of its work: channels of `node:diagnostics_channel`, whose names and messages
 * stay. Metrics and traces are made of nothing else.
 *
 * @see docs/guides/observability.md
 * @module
 */
export { type AnnouncedPut, announcePut, isPutWatched } from "./announce-put.js"
export * from "./bot-events.js"
export * from "./event-channel.js"
export * from "./lasting-channel.js"
export * from "./polling-events.js"
export * from "./registration-events.js"
export * from "./update-events.js"
export * from "./webhook-events.js"
