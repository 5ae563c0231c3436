import { readdirSync, readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import type { Plugin } from "vite"

/** Returns the place of a file on the page of its example: the behaviour, its parts, the start, the test. */
function rankOf(name: string): number {
  if (name.endsWith(".test.ts")) return 3
  return name === "handlers.ts" ? 0 : name === "bot.ts" ? 2 : 1
}

/** The files that a reader copies in addition to the programs. */
const settings = ["package.json", "tsconfig.json", ".env.example"]

function languageOf(name: string): string {
  return name.endsWith(".ts") ? "ts" : name.endsWith(".json") ? "json" : "sh"
}

/** Adds the programs of an example to its page, below the text of its README. */
export function wholeExamples(root: string): Plugin {
  const pattern = new RegExp(`^${root}/?examples/[^/]+/README\\.md$`)
  return {
    name: "whole-examples",
    enforce: "pre",
    transform(markdown, id) {
      if (!pattern.test(id)) return undefined
      const folder = dirname(id)
      const files = readdirSync(folder)
        .filter((name) => name.endsWith(".ts"))
        .toSorted((a, b) => rankOf(a) - rankOf(b) || a.localeCompare(b))
      const programs = [...files, ...settings].map(
        (name) =>
          `## ${name}\n\n\`\`\`${languageOf(name)}\n${readFileSync(join(folder, name), "utf8")}\`\`\`\n`,
      )
      return [markdown, ...programs].join("\n")
    },
  }
}
