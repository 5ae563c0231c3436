/**
 * Returns `node:crypto`, loaded on first use: a bot that polls does not need it, and it would be a fifth
 * of the time in which Sounder loads.
 */
export function nodeCrypto(): typeof import("node:crypto") {
  return process.getBuiltinModule("node:crypto")
}
