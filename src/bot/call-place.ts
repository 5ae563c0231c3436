/** Where Sounder's own code lies, as stacks name it; `undefined` where a runtime does not say. */
const ownFolder = /^(?:file:\/\/)?(.*\/(?:dist|src)\/)/.exec(import.meta.url ?? "")?.[1]

/** The frames of Sounder's own between a caller and `Bot.call` are among these. */
const deepest = 30

const shown = new WeakSet<Error>()

/**
 * The place in the user's program from which a call was made.
 *
 * A call fails long after it was made, when no stack leads back to the line that made it. Keeping the
 * place costs about a microsecond; its text is made only for a call that fails.
 */
export class CallPlace {
  /** Written by `captureStackTrace`. */
  readonly stack?: string

  constructor() {
    const limit = Error.stackTraceLimit
    Error.stackTraceLimit = deepest
    // Only V8 and JavaScriptCore have it.
    Error.captureStackTrace?.(this, CallPlace)
    Error.stackTraceLimit = limit
  }

  /** Makes the stack of an error lead to this place, without Sounder's own frames. */
  showIn(error: Error): void {
    if (shown.has(error)) return
    shown.add(error)
    const frames = usersFrames(this.stack ?? "")
    if (frames.length === 0) return
    const value = [`${error.name}: ${error.message}`, ...frames].join("\n")
    Object.defineProperty(error, "stack", { value, writable: true, configurable: true })
  }
}

/** No frame at all where the program is bundled with Sounder: then no file tells them apart. */
function usersFrames(stack: string): string[] {
  const frames = stack.split("\n").filter((line) => /^\s+at /.test(line))
  const own = ownFolder
  if (own === undefined) return frames
  return frames.filter((line) => !line.includes(own) && !line.includes("(node:internal/"))
}
