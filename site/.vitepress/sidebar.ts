import type { DefaultTheme } from "vitepress"

/** Returns the navigation of the guides: the groups of their list. */
export function guidesSidebar(list: string): DefaultTheme.SidebarItem[] {
  return groupsOf(list, /(?<first>^- )?\[(?<text>[^\]]+)\]\((?<path>[^)#]+)\)/gm, "/guides/")
}

/** Returns the navigation of the examples: the groups of their list. */
export function examplesSidebar(list: string): DefaultTheme.SidebarItem[] {
  return groupsOf(list, /^\| \[(?<text>[^\]]+)\]\((?<path>[\w-]+)\)/gm, "/examples/")
}

/**
 * Returns the links that a pattern finds below each heading of the second level. The first link of an item keeps its
 * case, as in "grammY"; a later one can be a part of a sentence.
 */
function groupsOf(list: string, pattern: RegExp, base: string): DefaultTheme.SidebarItem[] {
  return list
    .split(/^## /m)
    .slice(1)
    .map((part) => ({
      text: part.split("\n")[0],
      items: [...part.matchAll(pattern)].map(
        ({ groups: { first, text = "", path = "" } = {} }) => ({
          text: first ? oneLine(text) : titleOf(text),
          link: addressOf(path, base),
        }),
      ),
    }))
}

/** Returns the page to which a link of a list leads. */
function addressOf(path: string, base: string): string {
  const { pathname } = new URL(path.replace(/\.md$/, ""), `https://x/docs${base}`)
  return pathname.replace(/^\/docs/, "").replace(/README$/, "")
}

function titleOf(text: string): string {
  const line = oneLine(text)
  return line.charAt(0).toUpperCase() + line.slice(1)
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, " ")
}
