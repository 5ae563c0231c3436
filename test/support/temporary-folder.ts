import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll } from "vitest"

/** Returns a folder that is removed after the tests of the file. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "sounder-sqlite-"))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** Returns a function whose every call returns a new path in a folder. */
export function pathsIn(folder: string): () => string {
  let last = 0
  return () => join(folder, `${++last}.db`)
}
