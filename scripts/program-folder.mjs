/**
 * Makes a machine without the programs that tests run where they are installed.
 *
 * @module
 */
import { mkdtempSync, readdirSync, readFileSync, symlinkSync } from "node:fs"
import { tmpdir } from "node:os"
import { delimiter, join } from "node:path"
import { root } from "./prepare.mjs"

/** Returns a new folder with a link to every program of the search path but for those that tests list. */
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
