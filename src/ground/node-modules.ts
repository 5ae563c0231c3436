/**
 * Modules of Node, loaded at their first use: the program of a polling bot calls none of them itself, and
 * `import "node:fs"` also loads the streams of files.
 *
 * @module
 */

/** Returns `node:crypto`. */
export function nodeCrypto(): typeof import("node:crypto") {
  return process.getBuiltinModule("node:crypto")
}

/** Returns `node:fs`. */
export function nodeFs(): typeof import("node:fs") {
  return process.getBuiltinModule("node:fs")
}

let net: typeof import("node:net") | undefined

/** Returns `node:net`. */
export function nodeNet(): typeof import("node:net") {
  return (net ??= process.getBuiltinModule("node:net"))
}

/** Returns `node:tls`. */
export function nodeTls(): typeof import("node:tls") {
  return process.getBuiltinModule("node:tls")
}
