/** The folder of the simulator's code, as stack traces name it. */
const ownFolder = /^(?:file:\/\/)?(.*\/(?:dist|src)\/)/.exec(import.meta.url)?.[1]

/**
 * The place in a test that started a wait. When the wait fails, the stack no longer contains this place, so the
 * stack is recorded at the call.
 */
export class CallPlace {
  /** The recorded stack, set by `Error.captureStackTrace`. */
  readonly stack?: string

  constructor() {
    Error.captureStackTrace(this, CallPlace)
  }

  /** Returns an error whose stack begins at the line of the test. */
  error(message: string): Error {
    const error = new Error(message)
    const frames = (this.stack ?? "").split("\n").filter((line) => /^\s+at /.test(line))
    const ofTest = frames.filter((line) => ownFolder === undefined || !line.includes(ownFolder))
    if (ofTest.length > 0) error.stack = [`Error: ${message}`, ...ofTest].join("\n")
    return error
  }
}
