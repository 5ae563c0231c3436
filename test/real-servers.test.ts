import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { delimiter, join } from "node:path"
import { tmpdir } from "node:os"
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from "vitest"
import { findProgram, onlyWith, requireServer } from "./support/real-servers.js"

describe("a program required by a test", () => {
  const folder = mkdtempSync(join(tmpdir(), "sounder-programs-"))
  const haproxy = join(folder, "haproxy")
  const skip = vi.fn<(reason?: string) => never>(() => {
    throw new Error("skipped")
  })

  beforeEach(() => writeFileSync(haproxy, "#!/bin/sh\n"))
  afterEach(() => {
    vi.unstubAllEnvs()
    skip.mockClear()
    rmSync(haproxy, { force: true })
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  test("is found on the path", () => {
    chmodSync(haproxy, 0o755)
    expect(findProgram("haproxy", { PATH: ["/nowhere", folder].join(delimiter) })).toBe(haproxy)
    expect(requireServer("haproxy", { skip }, { PATH: folder, CI: "true" })).toBe(haproxy)
  })

  test("is not found if it is not executable", () => {
    chmodSync(haproxy, 0o644)
    expect(findProgram("haproxy-of-nobody", { PATH: folder })).toBeUndefined()
    expect(findProgram("haproxy", { PATH: folder })).not.toBe(haproxy)
  })

  test("skips the test if it is missing, with a message that says how to install it", () => {
    const missing = () => requireServer("chromium", { skip }, { PATH: folder })
    expect(missing).toThrow("skipped")
    expect(skip).toHaveBeenCalledWith(expect.stringContaining("apt-get install chromium"))
  })

  test("is not found while programs are hidden", () => {
    chmodSync(haproxy, 0o755)
    const environment = { PATH: folder, SOUNDER_HIDE_PROGRAMS: "true" }
    expect(findProgram("haproxy", environment)).toBeUndefined()
    expect(() => requireServer("haproxy", { skip }, environment)).toThrow("skipped")
  })

  test("skips a whole suite if it is missing, and the run reports the reason", () => {
    vi.stubEnv("SOUNDER_HIDE_PROGRAMS", "true")
    vi.stubEnv("CI", "")
    const skipReason = "postgres is not installed (on Debian: apt-get install postgresql)"
    expect(onlyWith("postgres", "haproxy")).toEqual({ skip: true, meta: { skipReason } })
    vi.stubEnv("CI", "true")
    expect(() => onlyWith("postgres")).toThrow(`With CI set, ${skipReason}`)
  })

  test("fails the test if it is missing and CI is set", () => {
    const missing = () => requireServer("chromium", { skip }, { PATH: folder, CI: "true" })
    expect(missing).toThrow("With CI set, chromium is not installed")
    expect(skip).not.toHaveBeenCalled()
  })
})
