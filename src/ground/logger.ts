/**
 * Where Sounder says what its operator should know. `console` and a pino logger both fit.
 * Messages never hold the bot's token.
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
