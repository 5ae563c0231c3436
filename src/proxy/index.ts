/**
 * Writes configurations of reverse proxies.
 *
 * @module
 */
export * from "./proxy-configuration.js"
export type * from "./proxy-options.js"
