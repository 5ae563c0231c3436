import { readFileSync } from "node:fs"

/** Returns the text of a source file; an empty text if the file cannot be read. */
export function programSource(path: string): string {
  try {
    return readFileSync(path, "utf8")
  } catch {
    return ""
  }
}
