/**
 * The parts of undici that a bot uses for every call. The package has no `exports`, and its entry also loads `fetch`,
 * caches, mocks and web sockets, which take three times as long and 8 MB more memory.
 *
 * @module
 */
export { default as buildConnector } from "undici/lib/core/connect.js"
export { default as Pool } from "undici/lib/dispatcher/pool.js"
