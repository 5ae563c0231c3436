import { existsSync, statSync } from "node:fs"
import { dirname, join, relative } from "node:path"
import type { MarkdownRenderer } from "vitepress"
import { pageOf } from "./page-of.ts"

/**
 * Lets the links of a page, which lead from file to file as on GitHub, lead from page to page. A link to a
 * file that is no page, such as a program, becomes its text.
 */
export function sourceLinks(root: string) {
  return (markdown: MarkdownRenderer): void => {
    markdown.core.ruler.push("source-links", (state) => {
      // VitePress tells the path of the file.
      const { realPath, path } = state.env as { realPath?: string; path: string }
      const from = relative(root, realPath ?? path)
      for (const token of state.tokens) {
        if (token.children) token.children = token.children.filter(linkedFrom(root, from))
      }
    })
  }
}

interface Token {
  type: string
  attrGet(name: string): string | null
  attrSet(name: string, value: string): void
}

/** Returns a filter that changes the links among the tokens, and drops those of files that are no pages. */
function linkedFrom(root: string, from: string): (token: Token) => boolean {
  let isDropped = false
  return (token) => {
    if (token.type === "link_close") {
      const wasDropped = isDropped
      isDropped = false
      return !wasDropped
    }
    const href = token.type === "link_open" ? token.attrGet("href") : null
    if (href === null || /^(\w+:|#|\/)/.test(href)) return true
    const [path = "", hash] = href.split("#")
    const target = targetOf(root, join(dirname(from), decodeURI(path)))
    const page = pageOf(target)
    isDropped = page === undefined || !existsSync(join(root, target))
    if (page)
      token.attrSet("href", `/${page.replace(/(index)?\.md$/, "")}${hash ? `#${hash}` : ""}`)
    return !isDropped
  }
}

/** Returns the file to which a link leads: for a folder, its README. */
function targetOf(root: string, path: string): string {
  const isFolder = statSync(join(root, path), { throwIfNoEntry: false })?.isDirectory()
  return isFolder ? join(path, "README.md") : path
}
