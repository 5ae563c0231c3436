/**
 * The namespace `filters`: ready-made filters, most of them of new messages. The lifts (`edited`,
 * `channelPost`, …) apply a filter of messages to messages of another type.
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
export * from "./sender.js"
