import { readFileSync } from "node:fs"

/** Returns the version of Sounder that runs. */
export function ownVersion(): string {
  // The package's own file has this field.
  const { version } = JSON.parse(
    readFileSync(new URL("../../package.json", import.meta.url), "utf8"),
  ) as { version: string }
  return version
}
