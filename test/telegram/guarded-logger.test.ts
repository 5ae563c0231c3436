import { afterEach, describe, expect, test, vi } from "vitest"
import { type Logger, silentLogger, withFields } from "../../src/ground/logger.js"
import { guardedLogger } from "../../src/telegram/guarded-logger.js"
import { failingLoggers } from "../support/misbehaving.js"
import { consoleLines, levels } from "../support/console-lines.js"

afterEach(() => void vi.restoreAllMocks())

describe("a guarded logger", () => {
  test("writes no token and no password of a URL, on no level and to no console", () => {
    const secret = "AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw1"
    const lines: string[] = []
    const record = (line: string) => void lines.push(line)
    const working: Logger = { debug: record, info: record, warn: record, error: record }
    const failing: Logger = {
      ...working,
      error() {
        throw new Error(`not for ${secret}: 110201543:${secret}`)
      },
    }
    vi.spyOn(console, "error").mockImplementation(record)
    const message = `GET https://ada:hunter2@host.example/bot110201543:${secret}/getMe failed`
    for (const level of levels) guardedLogger(working).child?.({ botId: 1 })[level](message)
    guardedLogger(failing).error(message)
    expect(lines.slice(0, 4)).toEqual(
      levels.map(() => "GET https://<password>@host.example/bot<token>/getMe failed"),
    )
    expect(lines).toHaveLength(5)
    expect(lines[4]).not.toContain("hunter2")
    expect(lines[4]).toContain("(The logger failed: ")
    expect(lines[4]).not.toContain(`110201543:${secret}`)
  })

  test.each(Object.entries(failingLoggers))(
    "never throws if the given logger %s",
    async (_, make) => {
      const lines: string[] = []
      for (const level of levels)
        vi.spyOn(console, level).mockImplementation((line) => void lines.push(`${level} ${line}`))
      const logger = guardedLogger(make())
      for (const each of [logger, withFields(logger, { botId: 1 })])
        for (const level of levels) each[level](`a ${level}`)
      await new Promise(setImmediate)
      // Warnings and errors reach the console nevertheless.
      expect(
        lines.filter((line) => !/^(warn a warn|error a error)\n\(The logger failed: /.test(line)),
      ).toEqual([])
      expect(lines.length).toBeGreaterThanOrEqual(2)
    },
  )

  test("writes to the given logger, with the fields of its children", () => {
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

  test("is unchanged when it is guarded again, and quiet by default", () => {
    const logger = guardedLogger(silentLogger)
    expect(guardedLogger(logger)).toBe(logger)
    expect(consoleLines(guardedLogger())).toEqual(["warn a warn", "error a error"])
  })

  test.each([null, "console", 7])("refuses %j", (given) => {
    expect(() => guardedLogger(given as never)).toThrow(
      /Expected the `logger` option to be an object/,
    )
  })
})
