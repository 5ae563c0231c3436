/**
 * The parts of undici that a bot uses. The package has no `exports`, and its entry also loads `fetch`, caches,
 * mocks and web sockets, which take three times as long and 8 MB more memory.
 *
 * @module
 */
export { default as connectWith } from "undici/lib/api/api-connect.js"
export { default as requestWith } from "undici/lib/api/api-request.js"
export { default as buildConnector } from "undici/lib/core/connect.js"
export { default as Pool } from "undici/lib/dispatcher/pool.js"
export { default as ProxyAgent } from "undici/lib/dispatcher/proxy-agent.js"
