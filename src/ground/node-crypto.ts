/**
 * Returns `node:crypto`, loaded at the first call: a polling bot does not need the module, and loading it
 * takes a fifth of the time of `import "sounder"`.
 */
export function nodeCrypto(): typeof import("node:crypto") {
  return process.getBuiltinModule("node:crypto")
}
