/**
 * Where Sounder says what its operator should know. `console` and a pino logger both fit.
 * Messages never hold the bot's token.
 */
export interface Logger {
  debug(message: string): void
  info(message: string): void
  warn(message: string): void
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
