/**
 * The parts of undici for a proxy that speaks HTTP, loaded when there is such a proxy.
 *
 * @module
 */
export { default as connectWith } from "undici/lib/api/api-connect.js"
export { default as ProxyAgent } from "undici/lib/dispatcher/proxy-agent.js"
