import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import type { SiteConfig } from "vitepress"
import { targetOf } from "./page-of.ts"
import { unlistedBenches } from "./unlisted-benches.ts"

/**
 * Returns a step of the build that writes `llms.txt`, the list of all pages for language models, as
 * https://llmstxt.org describes it.
 */
export function indexForModels(root: string) {
  const guides = readFileSync(join(root, "docs/guides/README.md"), "utf8")
  const examples = readFileSync(join(root, "examples/README.md"), "utf8")
  return ({ outDir, site: { title, description } }: SiteConfig): void => {
    const pages = guides
      .slice(guides.indexOf("\n## "))
      .replaceAll(
        /\]\((?!https?:)([^)#]+)/g,
        (link, path: string) => `](${targetOf(root, "docs/guides", path).page}`,
      )
    const benches = unlistedBenches(root).map(({ text, link }) => `\n- [${text}](${link})`)
    const bots = [...examples.matchAll(/^\| \[([^\]]+)\]\(([\w-]+)\) \| (.+) \|$/gm)].map(
      ([, name, path = "", text]) =>
        `- [${name}](${targetOf(root, "examples", path).page}): ${text}`,
    )
    const lines = [
      `# ${title}\n\n> ${description}\n${pages.trimEnd()}${benches.join("")}\n\n## Examples\n`,
      ...bots,
    ]
    writeFileSync(join(outDir, "llms.txt"), `${lines.join("\n")}\n`)
  }
}
