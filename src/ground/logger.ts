import { errorClause } from "./error-text.js"
import { unexpectedOption } from "./expect-option.js"

/**
 * The log for the operator. `console`, pino, winston and bunyan fit as they are. No message holds the
 * bot's token.
 *
 * @see docs/guides/observability.md
 */
export interface Logger {
  /** Logs details for finding a fault. */
  debug(message: string): void
  /** Logs an event of normal operation. */
  info(message: string): void
  /** Logs a problem that Sounder recovers from without help. */
  warn(message: string): void
  /** Logs a failure that only a person can repair. */
  error(message: string): void
  /**
   * Returns a logger whose lines have these fields next to the message: `botId`, and `updateId` where a
   * line is about one update. Without this method the fields are left out.
   */
  child?(fields: Readonly<Record<string, unknown>>): Logger
}

/** The default logger: warnings and errors go to `console`, other messages are dropped. */
export const quietLogger: Logger = {
  debug() {},
  info() {},
  warn: (message) => console.warn(message),
  error: (message) => console.error(message),
}

/** A logger that writes nothing. */
export const silentLogger: Logger = { debug() {}, info() {}, warn() {}, error() {} }

/**
 * Returns a logger that never throws and passes each message to `given`. A warning or an error that
 * `given` fails to write goes to `console`.
 *
 * @param given Default: {@link quietLogger}.
 * @throws TypeError for a value that is no object
 */
export function guardedLogger(given: Logger = quietLogger): Logger {
  if (given instanceof GuardedLogger) return given
  const isObject = (typeof given === "object" && given !== null) || typeof given === "function"
  if (!isObject) unexpectedOption("logger", "an object with debug, info, warn and error", given)
  return new GuardedLogger(given)
}

class GuardedLogger implements Logger {
  readonly #given: Logger

  constructor(given: Logger) {
    this.#given = given
  }

  debug(message: string): void {
    this.#write("debug", message)
  }

  info(message: string): void {
    this.#write("info", message)
  }

  warn(message: string): void {
    this.#write("warn", message)
  }

  error(message: string): void {
    this.#write("error", message)
  }

  child(fields: Readonly<Record<string, unknown>>): Logger {
    try {
      const child = this.#given.child?.(fields)
      return child ? guardedLogger(child) : this
    } catch {
      return this
    }
  }

  #write(level: "debug" | "info" | "warn" | "error", message: string): void {
    try {
      // The program may have given a logger whose methods are async functions.
      const written: unknown = this.#given[level](message)
      if (typeof written === "object" && written !== null) this.#watch(written, level, message)
    } catch (error) {
      writeToConsole(level, message, error)
    }
  }

  #watch(written: object, level: string, message: string): void {
    Promise.resolve(written).catch((error: unknown) => writeToConsole(level, message, error))
  }
}

function writeToConsole(level: string, message: string, error: unknown): void {
  if (level !== "warn" && level !== "error") return
  try {
    console[level](`${message}\n(The logger failed: ${errorClause(error)}.)`)
  } catch {
    // `console` has failed, too, so the message is lost.
  }
}

/** Returns a logger whose lines have these fields; the logger itself if it has no method `child`. */
export function withFields(logger: Logger, fields: Readonly<Record<string, unknown>>): Logger {
  return logger.child?.(fields) ?? logger
}
