/**
 * What is exported as `filters`: ready-made filters, most of them of new messages.
 *
 * @module
 */
export { and, not, or } from "./combine.js"
export * from "./lift.js"
export * from "./text.js"
