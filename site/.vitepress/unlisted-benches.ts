import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"

/** Returns the pages of `docs/benchmarks` that the list of the guides lacks, because not every clone has their results. */
export function unlistedBenches(root: string): { text: string; link: string }[] {
  const list = readFileSync(join(root, "docs/guides/README.md"), "utf8")
  const folder = join(root, "docs/benchmarks")
  return readdirSync(folder)
    .filter((name) => name.endsWith(".md") && !list.includes(`(../benchmarks/${name})`))
    .map((name) => {
      const [, text = name] = /^# (.+)$/m.exec(readFileSync(join(folder, name), "utf8")) ?? []
      return { text, link: `/benchmarks/${name.replace(/\.md$/, "")}` }
    })
}
