/** Where Sounder's own code lies, as stacks name it; `undefined` where a runtime does not say. */
const ownFolder = /^(?:file:\/\/)?(.*\/(?:dist|src)\/)/.exec(import.meta.url ?? "")?.[1]

/** So many frames, because up to twelve of Sounder's own lie between a caller and `Bot.call`. */
const frames = 16

const shown = new WeakSet<Error>()

/**
 * The place in the user's program from which a call was made.
 *
 * A call fails long after it was made, when no stack leads back to the line that made it. The text of
 * the place is made only for a call that fails.
 */
export class CallPlace {
  /** Written by `captureStackTrace`. */
  readonly stack?: string

  constructor() {
    const limit = Error.stackTraceLimit
    Error.stackTraceLimit = frames
    // Only V8 and JavaScriptCore have it.
    Error.captureStackTrace?.(this, CallPlace)
    Error.stackTraceLimit = limit
  }

  /** Makes the stack of an error lead to this place, without Sounder's own frames. */
  showIn(error: Error): void {
    if (shown.has(error)) return
    shown.add(error)
    const users = usersFrames(this.stack ?? "")
    if (users.length === 0) return
    const value = [`${error.name}: ${error.message}`, ...users].join("\n")
    Object.defineProperty(error, "stack", { value, writable: true, configurable: true })
  }
}

/** No frame at all where the program is bundled with Sounder: then no file tells them apart. */
function usersFrames(stack: string): string[] {
  const all = stack.split("\n").filter((line) => /^\s+at /.test(line))
  const own = ownFolder
  if (own === undefined) return all
  return all.filter((line) => !line.includes(own) && !line.includes("(node:internal/"))
}
