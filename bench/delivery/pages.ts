import { mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { plot } from "./plot.js"
import { extract, report } from "./report.js"
import type { Result } from "./results-file.js"

const start = "<!-- scoreboard -->\n"
const end = "<!-- /scoreboard -->"

/** Returns the README with its scoreboard table replaced. */
export function withExtract(readme: string, results: readonly Result[]): string {
  const [before = "", rest = ""] = readme.split(start)
  const [, after] = rest.split(end)
  if (after === undefined) throw new Error(`The README lacks ${start.trim()} … ${end}`)
  return `${before}${start}\n${extract(results)}\n${end}${after}`
}

/** Writes the page, its plot and the table in the README. */
export function writePages(root: string, results: readonly Result[]): void {
  const folder = join(root, "docs", "benchmarks")
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, "delivery.md"), report(results))
  writeFileSync(join(folder, "delivery.svg"), plot(results))
  const readme = join(root, "README.md")
  writeFileSync(readme, withExtract(readFileSync(readme, "utf8"), results))
}
