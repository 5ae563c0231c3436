import { afterEach, describe, expect, test, vi } from "vitest"
import {
  guardedLogger,
  type Logger,
  quietLogger,
  silentLogger,
  withFields,
} from "../../src/ground/logger.js"
import { failingLoggers } from "../support/misbehaving.js"

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
  test("is by default quiet: warnings and errors go to the console", () => {
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

describe("a guarded logger", () => {
  test.each(Object.entries(failingLoggers))(
    "never throws where the given one %s",
    async (_, make) => {
      const lines: string[] = []
      for (const level of levels)
        vi.spyOn(console, level).mockImplementation((line) => void lines.push(`${level} ${line}`))
      const logger = guardedLogger(make())
      for (const each of [logger, withFields(logger, { botId: 1 })])
        for (const level of levels) each[level](`a ${level}`)
      await new Promise(setImmediate)
      // What is worth a person's time is written all the same.
      expect(
        lines.filter((line) => !/^(warn a warn|error a error)\n\(The logger failed: /.test(line)),
      ).toEqual([])
      expect(lines.length).toBeGreaterThanOrEqual(2)
    },
  )

  test("writes to the given one, with the fields of its children", () => {
    const lines: unknown[] = []
    const loggerOf = (fields: object): Logger => ({
      debug() {},
      info() {},
      warn() {},
      error: (message) => void lines.push({ message, ...fields }),
      child: (more) => loggerOf({ ...fields, ...more }),
    })
    withFields(guardedLogger(loggerOf({})), { botId: 1 }).error("lost")
    expect(lines).toEqual([{ message: "lost", botId: 1 }])
  })

  test("is the same one when it is guarded again, and the quiet one by default", () => {
    const logger = guardedLogger(silentLogger)
    expect(guardedLogger(logger)).toBe(logger)
    expect(heard(guardedLogger())).toEqual(["warn a warn", "error a error"])
  })

  test.each([null, "console", 7])("refuses %j", (given) => {
    expect(() => guardedLogger(given as never)).toThrow(
      /Expected the `logger` option to be an object/,
    )
  })
})
