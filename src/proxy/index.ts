/**
 * Writes configurations of reverse proxies.
 *
 * @module
 */
export { proxyConfiguration } from "./proxy-configuration.js"
export type { ProxyBot, ProxyName, ProxyOptions } from "./proxy-options.js"
