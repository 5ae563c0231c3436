/**
 * Where Sounder says what its operator should know. `console`, pino, winston and bunyan fit as they
 * are. Messages never hold the bot's token.
 *
 * @see docs/guides/observability.md
 */
export interface Logger {
  /** What helps to follow a fault. */
  debug(message: string): void
  /** What happens in the normal course of things. */
  info(message: string): void
  /** What goes on, but not as it should. */
  warn(message: string): void
  /** What has ended or failed, and needs someone. */
  error(message: string): void
  /**
   * A logger whose lines have these fields beside the message: `botId`, and `updateId` where it is
   * about one update. Where a logger has no such method, the fields are left out.
   */
  child?(fields: Readonly<Record<string, unknown>>): Logger
}

/** The default: warnings and errors go to `console`, the rest is dropped. */
export const quietLogger: Logger = {
  debug() {},
  info() {},
  warn: (message) => console.warn(message),
  error: (message) => console.error(message),
}

/** Says nothing at all. */
export const silentLogger: Logger = { debug() {}, info() {}, warn() {}, error() {} }

/** A logger whose lines have these fields, where it knows of fields; itself where not. */
export function withFields(logger: Logger, fields: Readonly<Record<string, unknown>>): Logger {
  return logger.child?.(fields) ?? logger
}
