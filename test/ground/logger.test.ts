import { afterEach, describe, expect, test, vi } from "vitest"
import { type Logger, quietLogger, silentLogger } from "../../src/ground/logger.js"

const levels = ["debug", "info", "warn", "error"] as const

afterEach(() => void vi.restoreAllMocks())

/** Returns the console output of a message on every level. */
function heard(logger: Logger): string[] {
  const lines: string[] = []
  for (const level of [...levels, "log"] as const) {
    vi.spyOn(console, level).mockImplementation((message) => void lines.push(`${level} ${message}`))
  }
  for (const level of levels) logger[level](`a ${level}`)
  return lines
}

describe("a logger", () => {
  test("is quiet by default: warnings and errors go to the console", () => {
    expect(heard(quietLogger)).toEqual(["warn a warn", "error a error"])
  })

  test("can be silent", () => {
    expect(heard(silentLogger)).toEqual([])
  })

  test("can be the console itself", () => {
    const logger: Logger = console
    expect(heard(logger)).toHaveLength(4)
  })
})
