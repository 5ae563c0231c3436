#!/usr/bin/env node
/**
 * The command `sounder`.
 *
 * @module
 */
import { exitOnBrokenPipe } from "./exit-on-broken-pipe.js"
import { run } from "./run.js"

exitOnBrokenPipe()
process.exitCode = await run(process.argv.slice(2))
