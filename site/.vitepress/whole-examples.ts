import { readdirSync, readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import type { Plugin } from "vite"

/** The order of an example's files on its page: the behaviour before the start, the test last. */
const order = ["handlers.ts", "bot.ts"]

/** Adds the programs of an example to its page, below the text of its README. */
export function wholeExamples(root: string): Plugin {
  const pattern = new RegExp(`^${root}/?examples/[^/]+/README\\.md$`)
  return {
    name: "whole-examples",
    enforce: "pre",
    transform(markdown, id) {
      if (!pattern.test(id)) return undefined
      const folder = dirname(id)
      const rank = (name: string) => (name.endsWith(".test.ts") ? 99 : order.indexOf(name) >>> 0)
      const files = readdirSync(folder)
        .filter((name) => name.endsWith(".ts"))
        .toSorted((a, b) => rank(a) - rank(b) || a.localeCompare(b))
      const programs = files.map(
        (name) => `## ${name}\n\n\`\`\`ts\n${readFileSync(join(folder, name), "utf8")}\`\`\`\n`,
      )
      return [markdown, ...programs].join("\n")
    },
  }
}
