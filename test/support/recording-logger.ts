import type { Logger } from "../../src/ground/logger.js"

/** A logger that records its messages, as `warn Stand by …`. */
export class RecordingLogger implements Logger {
  readonly lines: string[] = []

  /** The messages of level `error`, without the level. */
  get errors(): string[] {
    return this.at("error").map((line) => line.slice("error ".length))
  }

  debug(message: string): void {
    this.lines.push(`debug ${message}`)
  }

  info(message: string): void {
    this.lines.push(`info ${message}`)
  }

  warn(message: string): void {
    this.lines.push(`warn ${message}`)
  }

  error(message: string): void {
    this.lines.push(`error ${message}`)
  }

  /** Returns the lines of one level. */
  at(level: keyof Logger): string[] {
    return this.lines.filter((line) => line.startsWith(`${level} `))
  }
}
