/**
 * Returns Node's cryptography module, loaded at the first call: a polling bot does not need it, and
 * loading it would add a fifth to the start-up time.
 */
export function nodeCrypto(): typeof import("node:crypto") {
  return process.getBuiltinModule("node:crypto")
}
