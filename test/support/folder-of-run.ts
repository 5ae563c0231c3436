import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

/** The variable that names the folder; the processes of the test files inherit it. */
const variable = "SOUNDER_TEST_FOLDER"

/** Creates the folder before the first test file of a run. */
export function setup(): void {
  process.env[variable] = mkdtempSync(join(tmpdir(), "sounder-run-"))
}

/** Removes the folder after the last test file. */
export function teardown(): void {
  const folder = folderOfRun()
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true })
}

/** Returns the folder of results that the test files of a run share; `undefined` outside of a run. */
export function folderOfRun(): string | undefined {
  return process.env[variable]
}
