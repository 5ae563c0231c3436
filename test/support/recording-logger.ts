import type { Logger } from "../../src/ground/logger.js"

/** Keeps what it is told. */
export class RecordingLogger implements Logger {
  readonly lines: string[] = []

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

  /** What was said at one level. */
  at(level: keyof Logger): string[] {
    return this.lines.filter((line) => line.startsWith(`${level} `))
  }
}
