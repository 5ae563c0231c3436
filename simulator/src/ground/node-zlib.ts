/** Returns Node's zlib module, loaded at the first call, because compressed bodies are rare. */
export function nodeZlib(): typeof import("node:zlib") {
  return process.getBuiltinModule("node:zlib")
}
