import { readFileSync } from "node:fs"

/** A page for each error, from its section of `docs/errors.md`, so that a search for the error finds it. */
export default {
  paths() {
    const list = readFileSync(new URL("../../docs/errors.md", import.meta.url), "utf8")
    return list
      .split(/^## (?=[a-z-]+$)/m)
      .slice(1)
      .map((section) => {
        const [code = "", ...text] = section.split("\n")
        return { params: { code }, content: `# ${code}\n${withLinksFrom(text.join("\n"))}` }
      })
  },
}

/** Lets the links of a section lead where they lead in `docs/errors.md`. */
function withLinksFrom(text: string): string {
  return text
    .replaceAll("](#", "](../../docs/errors.md#")
    .replaceAll(/\]\((?!\w+:|\.\.\/\.\.\/)([^)]+)\)/g, "](../../docs/$1)")
}
