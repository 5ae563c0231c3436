import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, expect, test } from "vitest"
import { makeFolder } from "../../src/ground/make-folder.js"

const folder = mkdtempSync(join(tmpdir(), "sounder-folder-"))

afterAll(() => rmSync(folder, { recursive: true }))

test("missing folders are made with their permissions, and existing ones stay", async () => {
  const path = join(folder, "a", "b", "c")
  await makeFolder(path, { mode: 0o700 })
  expect(statSync(path).mode & 0o777).toBe(0o700)
  await makeFolder(path)
  expect(existsSync(path)).toBe(true)
})

test("a folder below a file is an error", async () => {
  writeFileSync(join(folder, "file"), "")
  await expect(makeFolder(join(folder, "file", "below"))).rejects.toThrow("ENOTDIR")
})

test.runIf(process.platform === "linux")(
  "a file system that refuses new folders as missing is an error",
  async () => {
    await expect(makeFolder("/proc/none/below")).rejects.toThrow("ENOENT")
  },
)
