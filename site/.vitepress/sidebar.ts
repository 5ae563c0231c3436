import { readFileSync } from "node:fs"
import { join } from "node:path"
import type { DefaultTheme } from "vitepress"
import { targetOf } from "./page-of.ts"
import { unlistedBenches } from "./unlisted-benches.ts"

/** Returns the navigation of the guides: the groups of their list, the last of which has the benches. */
export function guidesSidebar(root: string): DefaultTheme.SidebarItem[] {
  const pattern = /(?<first>^- )?\[(?<text>[^\]]+)\]\((?<path>[^)#]+)\)/gm
  const groups = groupsOf(root, "docs/guides", pattern)
  groups.at(-1)?.items?.push(...unlistedBenches(root))
  return groups
}

/** Returns the navigation of the examples: the groups of their list. */
export function examplesSidebar(root: string): DefaultTheme.SidebarItem[] {
  return groupsOf(root, "examples", /^\| \[(?<text>[^\]]+)\]\((?<path>[\w-]+)\)/gm)
}

/**
 * Returns the links that a pattern finds below each heading of the second level in a folder's README. The first link
 * of an item keeps its case, as in "grammY"; a later one can be a part of a sentence.
 */
function groupsOf(root: string, folder: string, pattern: RegExp): DefaultTheme.SidebarItem[] {
  return readFileSync(join(root, folder, "README.md"), "utf8")
    .split(/^## /m)
    .slice(1)
    .map((part) => ({
      text: part.split("\n")[0],
      items: [...part.matchAll(pattern)].map(
        ({ groups: { first, text = "", path = "" } = {} }) => ({
          text: first ? oneLine(text) : titleOf(text),
          link: targetOf(root, folder, path).page,
        }),
      ),
    }))
}

function titleOf(text: string): string {
  const line = oneLine(text)
  return line.charAt(0).toUpperCase() + line.slice(1)
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, " ")
}
