/**
 * Simulates a machine without the optional programs that tests run, such as haproxy.
 *
 * @module
 */
import { mkdtempSync, readdirSync, readFileSync, symlinkSync } from "node:fs"
import { tmpdir } from "node:os"
import { delimiter, join } from "node:path"
import { root } from "./prepare.mjs"

/**
 * Returns a new folder with links to all programs of the search path, except the optional programs
 * of the tests.
 */
export function folderWithoutPrograms(searchPath = process.env.PATH ?? "") {
  const list = readFileSync(join(root, "test", "support", "programs.json"), "utf8")
  const hidden = new Set(Object.keys(JSON.parse(list)))
  const folder = mkdtempSync(join(tmpdir(), "sounder-programs-"))
  const linked = new Set(hidden)
  for (const place of searchPath.split(delimiter)) {
    for (const name of namesIn(place)) {
      if (linked.has(name)) continue
      linked.add(name)
      symlinkSync(join(place, name), join(folder, name))
    }
  }
  return folder
}

function namesIn(folder) {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
