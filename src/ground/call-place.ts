import { errorStack, isError } from "./error-text.js"

/**
 * The folder of Sounder's compiled code, as stack traces name it; `undefined` on runtimes without such a
 * path.
 */
const ownFolder = /^(?:file:\/\/)?(.*\/(?:dist|src)\/)/.exec(import.meta.url ?? "")?.[1]

/**
 * The number of recorded stack frames. Up to twelve frames of Sounder lie between a caller and
 * `Bot.call`.
 */
const maxFrames = 16

/** The errors whose stack was replaced. The innermost call replaces it; outer calls leave it unchanged. */
const replaced = new WeakSet<Error>()

/**
 * The place in the user's program that made a call, or registered a handler.
 *
 * When a call fails, the stack no longer contains the line that made the call, so the stack is recorded
 * at the call. Only a failed call formats it as text.
 */
export class CallPlace {
  /** The recorded stack, set by `Error.captureStackTrace`. */
  readonly stack?: string

  constructor() {
    const limit = Error.stackTraceLimit
    Error.stackTraceLimit = maxFrames
    // Only V8 and JavaScriptCore have `captureStackTrace`.
    Error.captureStackTrace?.(this, CallPlace)
    Error.stackTraceLimit = limit
  }

  /**
   * The file, line and column, as in `bot.ts:12:5`; `undefined` if unknown. The path is relative to the
   * working directory if the file is in it.
   */
  get line(): string | undefined {
    const [frame] = framesOfUser(this.stack ?? "")
    return frame && lineOf(frame.trim())
  }

  /** Replaces the stack of an error by the recorded stack, without Sounder's own frames. */
  showIn(error: Error): void {
    if (replaced.has(error)) return
    const userFrames = framesOfUser(this.stack ?? "")
    if (userFrames.length === 0) return
    replaced.add(error)
    const value = [`${error.name}: ${error.message}`, ...userFrames].join("\n")
    Object.defineProperty(error, "stack", { value, writable: true, configurable: true })
  }

  /** Does the same as {@link showIn}, but only for an error that Sounder, not the user's program, has thrown. */
  showIfOwn(error: unknown): void {
    if (isError(error) && isThrownHere(error)) this.showIn(error)
  }

  /**
   * Does the same as {@link showIfOwn}, and also replaces a stack that has only frames of Sounder and of
   * Node.
   */
  showIfUnplaced(error: unknown): void {
    if (isError(error) && (isThrownHere(error) || !hasFrameOfUser(error))) this.showIn(error)
  }
}

/**
 * Returns a `TypeError` about a mistake of the calling program. Its stack begins at the line of that program
 * that called Sounder.
 */
export function callerError(message: string): TypeError {
  const error = new TypeError(message)
  new CallPlace().showIn(error)
  return error
}

/**
 * Calls `task`, which must be synchronous. If Sounder throws an error in it, the stack of the error begins at
 * the line of the user's program that called Sounder.
 */
export function withCallerStack<T>(task: () => T): T {
  try {
    return task()
  } catch (error) {
    new CallPlace().showIfOwn(error)
    throw error
  }
}

/** Returns whether the innermost frame of an error's stack is one of Sounder. */
function isThrownHere(error: Error): boolean {
  const innermost = errorStack(error).split("\n").find(isFrame)
  return ownFolder !== undefined && innermost?.includes(ownFolder) === true
}

/** Returns whether the stack of an error has a frame of the user's program. */
export function hasFrameOfUser(error: Error): boolean {
  return framesOfUser(errorStack(error)).length > 0
}

/**
 * Returns the text of a stack without Sounder's own frames. A stack that has only frames of Sounder stays
 * unchanged.
 */
export function withoutOwnFrames(stack: string): string {
  const userFrames = new Set(framesOfUser(stack))
  if (userFrames.size === 0) return stack
  return stack
    .split("\n")
    .filter((line) => !isFrame(line) || userFrames.has(line))
    .join("\n")
}

/** Returns the frames of the user's program; no frames if program and Sounder are bundled into one file. */
function framesOfUser(stack: string): string[] {
  const all = stack.split("\n").filter(isFrame)
  const own = ownFolder
  if (own === undefined) return all
  const users = all.filter((line) => !line.includes(own) && !line.includes("(node:internal/"))
  // Functions of JavaScript itself, such as `Array.map`, that Sounder calls: frames above the first line of the program.
  const first = users.findIndex((line) => !line.endsWith("(<anonymous>)"))
  return first === -1 ? [] : users.slice(first)
}

function isFrame(line: string): boolean {
  return /^\s+at /.test(line)
}

/**
 * Returns the path, line and column of a frame: `at call (file:///bot.ts:1:2)` or `at
 * file:///bot.ts:1:2`.
 */
function lineOf(frame: string): string | undefined {
  const place = frame.endsWith(")")
    ? frame.slice(frame.lastIndexOf("(") + 1, -1)
    : frame.slice(frame.lastIndexOf(" ") + 1)
  return /:\d+$/.test(place) ? withoutFolder(place.replace(/^file:\/\//, "")) : undefined
}

function withoutFolder(file: string): string {
  const folder = `${globalThis.process?.cwd?.() ?? ""}/`
  return file.startsWith(folder) ? file.slice(folder.length) : file
}
