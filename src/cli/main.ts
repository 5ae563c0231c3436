#!/usr/bin/env node
/**
 * The command `sounder`.
 *
 * @module
 */
import { run } from "./run.js"

process.exitCode = await run(process.argv.slice(2))
