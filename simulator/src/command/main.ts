#!/usr/bin/env node
/**
 * The command `telegram-simulator`.
 *
 * @module
 */
import { run } from "./run.js"

process.exitCode = await run(process.argv.slice(2))
