import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { delimiter, join } from "node:path"
import { tmpdir } from "node:os"
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest"
import { findProgram, requireServer } from "./support/real-servers.js"

describe("a program that a test needs", () => {
  const folder = mkdtempSync(join(tmpdir(), "sounder-programs-"))
  const haproxy = join(folder, "haproxy")
  const skip = vi.fn<(reason?: string) => never>(() => {
    throw new Error("skipped")
  })

  beforeEach(() => writeFileSync(haproxy, "#!/bin/sh\n"))
  afterEach(() => {
    skip.mockClear()
    rmSync(haproxy, { force: true })
  })

  test("is found on the path", () => {
    chmodSync(haproxy, 0o755)
    expect(findProgram("haproxy", ["/nowhere", folder].join(delimiter))).toBe(haproxy)
    expect(requireServer("haproxy", { skip }, { PATH: folder, CI: "true" })).toBe(haproxy)
  })

  test("is not found where it cannot be run", () => {
    chmodSync(haproxy, 0o644)
    expect(findProgram("haproxy-of-nobody", folder)).toBeUndefined()
    expect(findProgram("haproxy", folder)).not.toBe(haproxy)
  })

  test("skips the test where it is missing, saying how to install it", () => {
    const missing = () => requireServer("chromium", { skip }, { PATH: folder })
    expect(missing).toThrow("skipped")
    expect(skip).toHaveBeenCalledWith(expect.stringContaining("apt-get install chromium"))
  })

  test("fails the test where it is missing and CI is set", () => {
    const missing = () => requireServer("chromium", { skip }, { PATH: folder, CI: "true" })
    expect(missing).toThrow("With CI set, chromium is not installed")
    expect(skip).not.toHaveBeenCalled()
  })
})
