import { readFileSync } from "node:fs"
import { isBuiltin } from "node:module"
import { resolve } from "node:path"
import { beforeAll, expect, test } from "vitest"
import { built, packageFolder } from "../support/built.js"
import { importsOf } from "../support/imports.js"

beforeAll(built)

/** Every module outside of the package that is loaded with a file of it, with the files on the way. */
function loadedWith(
  path: string,
  trail: readonly string[] = [],
  seen = new Set<string>(),
): string[] {
  if (seen.has(path)) return []
  seen.add(path)
  return importsOf(path, readFileSync(path, "utf8")).flatMap(({ kind, specifier }) => {
    if (kind !== "static") return []
    const way = [...trail, path.slice(packageFolder.length)]
    if (!specifier.startsWith(".")) return [[...way, specifier].join(" → ")]
    return loadedWith(resolve(path, "..", specifier), way, seen)
  })
}

test("sounder/webhook as published loads no Node module, so that Workers accept it", () => {
  const loaded = loadedWith(`${packageFolder}dist/webhook.js`)
  const ofNode = loaded.filter((way) => isBuiltin(way.split(" → ").at(-1) ?? ""))
  expect(ofNode).toEqual([])
})
