#!/usr/bin/env node
/**
 * The command `sounder`.
 *
 * @module
 */
import { endWithReader } from "./end-with-reader.js"
import { run } from "./run.js"

endWithReader()
process.exitCode = await run(process.argv.slice(2))
