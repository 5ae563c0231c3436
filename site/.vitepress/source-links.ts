import { dirname, relative } from "node:path"
import type { MarkdownRenderer } from "vitepress"
import { targetOf } from "./page-of.ts"

/** The part of VitePress's state of a page that this file uses. */
interface PageState {
  /** The path of the file with the page, if another file makes the page. */
  realPath?: string
  path: string
  /** The links in which VitePress looks for pages that are missing. */
  links?: string[]
}

/**
 * Lets the links of a page, which lead from file to file as on GitHub, lead from page to page. A link to a
 * file that is no page, such as a program, becomes its text. VitePress reports the links to missing files.
 */
export function sourceLinks(root: string) {
  return (markdown: MarkdownRenderer): void => {
    markdown.core.ruler.push("source-links", (state) => {
      const env = state.env as PageState
      const folder = dirname(relative(root, env.realPath ?? env.path))
      // VitePress looks for links to pages only: the missing file is reported as if it were one.
      const missing = (file: string) => void (env.links ??= []).push(`/${file}.md`)
      for (const token of state.tokens) {
        if (!token.children) continue
        token.children = token.children.filter(linkedFrom(root, folder, missing))
      }
    })
  }
}

interface Token {
  type: string
  attrGet(name: string): string | null
  attrSet(name: string, value: string): void
}

/**
 * Returns a filter that changes the links among the tokens, and drops those of files that are no pages.
 *
 * @param missing is called with each file that a link names and that is not there
 */
function linkedFrom(
  root: string,
  folder: string,
  missing: (file: string) => void,
): (token: Token) => boolean {
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
    const { file, exists, page } = targetOf(root, folder, path)
    if (!exists) missing(file)
    isDropped = !exists || page === undefined
    if (page) token.attrSet("href", `${page}${hash ? `#${hash}` : ""}`)
    return !isDropped
  }
}
