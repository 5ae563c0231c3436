/**
 * The namespace `filters`: ready-made filters, most of which accept new messages only. The functions
 * `edited`, `channelPost`, … turn a filter of new messages into one of edited messages, channel posts, …
 *
 * @module
 */
export { and, not, or } from "./combine.js"
export * from "./origin.js"
export * from "./lift.js"
export * from "./media.js"
export * from "./service.js"
export * from "./text.js"
export * from "./chat.js"
export * from "./member.js"
export * from "./sender.js"
