/**
 * Node's cryptography, loaded when it is first needed: a bot that polls needs none of it, and it
 * would be a fifth of what loading Sounder costs.
 */
export function nodeCrypto(): typeof import("node:crypto") {
  return process.getBuiltinModule("node:crypto")
}
