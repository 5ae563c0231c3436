/**
 * Fails a test file that leaves something open which would keep a program alive: a server, a
 * connection, a child process, a watcher, a timer. Runs after the hooks of the file itself.
 *
 * @module
 */
import { afterAll } from "vitest"
import { leftOpen, openHandles } from "./open-handles.js"

/** The time that resources may take to close, in milliseconds: long on a busy machine. */
const graceMs = 20_000

const before = openHandles()

afterAll(async () => {
  const left = await leftOpen(before, graceMs)
  if (left.length > 0) {
    throw new Error(`The tests of this file left something open: ${left.join(", ")}`)
  }
})
