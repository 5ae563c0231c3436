import { vi } from "vitest"
import type { Logger } from "../../src/ground/logger.js"

/** The levels of a logger. */
export const levels = ["debug", "info", "warn", "error"] as const

/** Returns the lines that reach the console when a logger writes on every level, as `warn a warn`. */
export function consoleLines(logger: Logger): string[] {
  const lines: string[] = []
  for (const level of [...levels, "log"] as const) {
    vi.spyOn(console, level).mockImplementation((message) => void lines.push(`${level} ${message}`))
  }
  for (const level of levels) logger[level](`a ${level}`)
  return lines
}
