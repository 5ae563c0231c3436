import { readFileSync } from "node:fs"
import { cpus, totalmem } from "node:os"
import { join } from "node:path"
import type { Contender } from "./contenders.js"

/** Returns the installed versions of a contender's packages. */
export function versionsOf({ packages }: Contender, programs: string): Record<string, string> {
  if (packages.length === 0) return { sounder: versionIn(join(programs, "..", "..")) }
  return Object.fromEntries(
    packages.map((name) => [name, versionIn(join(programs, "peers", "node_modules", name))]),
  )
}

function versionIn(folder: string): string {
  // Every package.json has this field.
  const { version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as {
    version: string
  }
  return version
}

/** Returns a short description of the machine. */
export function machine(): string {
  const gib = Math.round(totalmem() / 2 ** 30)
  return `${process.platform} ${process.arch}, ${cpus().length} processors, ${gib} GiB`
}
