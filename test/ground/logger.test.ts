import { afterEach, describe, expect, it, vi } from "vitest"
import { type Logger, quietLogger, silentLogger } from "../../src/ground/logger.js"

const levels = ["debug", "info", "warn", "error"] as const

afterEach(() => void vi.restoreAllMocks())

/** What reaches the console when something is said on every level. */
function heard(logger: Logger): string[] {
  const lines: string[] = []
  for (const level of [...levels, "log"] as const) {
    vi.spyOn(console, level).mockImplementation((message) => void lines.push(`${level} ${message}`))
  }
  for (const level of levels) logger[level](`a ${level}`)
  return lines
}

describe("a logger", () => {
  it("is by default quiet: warnings and errors go to the console", () => {
    expect(heard(quietLogger)).toEqual(["warn a warn", "error a error"])
  })

  it("can be silent", () => {
    expect(heard(silentLogger)).toEqual([])
  })

  it("can be the console itself", () => {
    const logger: Logger = console
    expect(heard(logger)).toHaveLength(4)
  })
})
