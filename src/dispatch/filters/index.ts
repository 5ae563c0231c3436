/**
 * What is exported as `filters`: ready-made filters, most of them of new messages. The lifts
 * (`edited`, `channelPost`, …) apply those to messages of other kinds.
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
