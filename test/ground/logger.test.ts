import { afterEach, describe, expect, test, vi } from "vitest"
import { type Logger, quietLogger, silentLogger } from "../../src/ground/logger.js"
import { consoleLines } from "../support/console-lines.js"

afterEach(() => void vi.restoreAllMocks())

describe("a logger", () => {
  test("is quiet by default: warnings and errors go to the console", () => {
    expect(consoleLines(quietLogger)).toEqual(["warn a warn", "error a error"])
  })

  test("can be silent", () => {
    expect(consoleLines(silentLogger)).toEqual([])
  })

  test("can be the console itself", () => {
    const logger: Logger = console
    expect(consoleLines(logger)).toHaveLength(4)
  })
})
