import { spawnSync } from "node:child_process"
import type { TestOptions } from "vitest"
import { findProgram } from "../../support/real-servers.js"

const mayTrace = findProgram("strace") !== undefined && spawnSync("strace", ["true"]).status === 0

/** Options of what traces a process, which containers often forbid: skipped there, with `CI` too. */
export const withStrace: TestOptions = mayTrace
  ? {}
  : { skip: true, meta: { skipReason: "strace is not installed, or may not trace" } }
