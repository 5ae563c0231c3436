import { readFileSync } from "node:fs"

/** Returns the version of this Sounder. */
export function ownVersion(): string {
  // Sounder's own package.json has this field.
  const { version } = JSON.parse(
    readFileSync(new URL("../../package.json", import.meta.url), "utf8"),
  ) as { version: string }
  return version
}
