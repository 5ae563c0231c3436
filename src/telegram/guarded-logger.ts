import { errorSentence } from "../ground/error-text.js"
import { unexpectedOption } from "../ground/expect-option.js"
import { type Logger, quietLogger } from "../ground/logger.js"
import { redactSecrets } from "./redact-tokens.js"

/**
 * Returns a logger that never throws and passes each message to `given`, without bot tokens and without the
 * passwords of URLs: an error of the program's own code may contain them. A warning or an error that
 * `given` fails to write goes to `console`.
 *
 * @param given Default: {@link quietLogger}.
 * @throws TypeError for a value that is not an object
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

  #write(level: "debug" | "info" | "warn" | "error", given: string): void {
    const message = redactSecrets(given)
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
    console[level](redactSecrets(`${message}\n(The logger failed: ${errorSentence(error)})`))
  } catch {
    // `console` has failed, too, so the message is lost.
  }
}
