/** Node's decompression, loaded with the first body that is compressed: hardly any is. */
export function nodeZlib(): typeof import("node:zlib") {
  return process.getBuiltinModule("node:zlib")
}
