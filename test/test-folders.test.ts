import { posix } from "node:path"
import { expect, test } from "vitest"
import { importGraph, readSources } from "./support/import-graph.js"

/**
 * Returns test files that import from another test folder, except their parent folders and support.
 */
function strangers(sources: ReadonlyMap<string, string>): string[] {
  return [...importGraph(sources)].flatMap(([path, edges]) =>
    edges
      .map(({ target }) => target)
      .filter((target) => target.startsWith("test/") && !target.startsWith("test/support/"))
      .filter((target) => !path.startsWith(`${posix.dirname(target)}/`))
      .map((target) => `${path} imports ${target}`),
  )
}

test("modules used by several test folders are in test/support", () => {
  expect(strangers(readSources("test"))).toEqual([])
})

test.each([
  ["test/queue/a.test.ts", "../dispatch/stage.js", ["test/dispatch/stage.ts"]],
  ["test/queue/sqlite/a.test.ts", "../model.js", []],
  ["test/queue/a.test.ts", "../support/waiting.js", []],
  ["test/queue/a.test.ts", "./model.js", []],
])("%s with an import of %s", (path, specifier, found) => {
  const planted = new Map([[path, `import { a } from "${specifier}"`]])
  expect(strangers(planted)).toEqual(found.map((target) => `${path} imports ${target}`))
})
