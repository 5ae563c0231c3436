import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll } from "vitest"

/** A folder that is removed when the tests of the file have run. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "sounder-sqlite-"))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** Answers a path in a folder that no other call has answered. */
export function pathsIn(folder: string): () => string {
  let last = 0
  return () => join(folder, `${++last}.db`)
}
