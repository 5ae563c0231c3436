import { spawnSync } from "node:child_process"
import type { TestOptions } from "vitest"
import { findProgram } from "../../support/real-servers.js"

const mayTrace = findProgram("strace") !== undefined && spawnSync("strace", ["true"]).status === 0

/**
 * Options of tests with `strace`, which containers often forbid: skipped there, also if `CI` is
 * set.
 */
export const withStrace: TestOptions = mayTrace
  ? {}
  : { skip: true, meta: { skipReason: "strace is not installed, or may not trace" } }
