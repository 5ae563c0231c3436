/** The pages that are not below `docs/guides`, in the order in which they are tried. */
const places: readonly (readonly [pattern: RegExp, page: string])[] = [
  [/^site\/index\.md$/, "index.md"],
  [/^site\/pages\/(.+)$/, "$1"],
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
