/**
 * The log for the operator. `console`, pino, winston and bunyan fit as they are. No message contains the
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
   * Returns a logger whose lines have these fields next to the message: `botId`, and `updateId` if a
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

/** Returns a logger whose lines have these fields; the logger itself if it has no method `child`. */
export function withFields(logger: Logger, fields: Readonly<Record<string, unknown>>): Logger {
  return logger.child?.(fields) ?? logger
}
