import { existsSync } from "node:fs"
import { join } from "node:path"

/** The pages that are not below `docs/guides`, in the order in which they are tried. */
const places: readonly (readonly [pattern: RegExp, page: string])[] = [
  [/^site\/index\.md$/, "index.md"],
  [/^site\/((?:reference|errors)\/.+)$/, "$1"],
  [/^docs\/guides\/README\.md$/, "guides/index.md"],
  [/^docs\/(.+\.md)$/, "$1"],
  [/^examples\/README\.md$/, "examples/index.md"],
  [/^examples\/([^/]+)\/README\.md$/, "examples/$1.md"],
  [/^simulator\/README\.md$/, "simulator.md"],
  [/^(ARCHITECTURE|CHANGELOG|CONTRIBUTING)\.md$/, "$1.md"],
]

/**
 * Returns the page of a Markdown file, as a path within the site; `undefined` for a file that is no page.
 *
 * @param path the path within the repository
 */
export function pageOf(path: string): string | undefined {
  const place = places.find(([pattern]) => pattern.test(path))
  return place && path.replace(place[0], place[1]).toLowerCase()
}

/** The end of a link from file to file. */
export interface LinkTarget {
  /** The file, within the repository: for a folder, its README if there is one. */
  readonly file: string
  readonly exists: boolean
  /** The address of the page that shows the file, such as `/guides/` or `/delivery`. */
  readonly page?: string
}

/**
 * Returns the end of a link.
 *
 * @param root the repository
 * @param folder the folder of the file with the link, within the repository
 */
export function targetOf(root: string, folder: string, link: string): LinkTarget {
  const path = join(folder, decodeURI(link))
  const readme = join(path, "README.md")
  const file = existsSync(join(root, readme)) ? readme : path
  const page = pageOf(file)
  return {
    file,
    exists: existsSync(join(root, file)),
    ...(page ? { page: `/${page.replace(/(index)?\.md$/, "")}` } : {}),
  }
}
