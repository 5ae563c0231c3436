import { withoutOwnFrames } from "../ground/call-place.js"
import { errorStack } from "../ground/error-text.js"

/** Errors of starts, which Node prints if the program does not catch them. */
const errors = new WeakSet<Error>()
let isWatching = false

/**
 * Shortens an error when it ends the process, so that Node prints its sentence and the lines of the program: the other
 * fields repeat the sentence. An error that the program catches keeps its fields.
 */
export function shortenAtEnd(error: Error): void {
  errors.add(error)
  if (isWatching) return
  isWatching = true
  // Only Node has this event, which does not count as a listener for uncaught errors.
  globalThis.process?.on?.("uncaughtExceptionMonitor", (uncaught) => {
    if (errors.has(uncaught)) shorten(uncaught)
  })
}

function shorten(error: Error): void {
  for (const field of Object.keys(error)) Object.defineProperty(error, field, { enumerable: false })
  // Node prints a cause that is not enumerable, too.
  Reflect.deleteProperty(error, "cause")
  Object.defineProperty(error, "stack", { value: withoutOwnFrames(errorStack(error)) })
}
