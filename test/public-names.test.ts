import { existsSync, readFileSync } from "node:fs"
import { expect, test } from "vitest"
import { type PublicName, PublicNames, allSubpaths, subpaths } from "./support/public-names.js"

test("the public names of every subpath equal those of the snapshot", async () => {
  const names = new PublicNames()
  const all = Object.fromEntries(
    [...allSubpaths()].map(([subpath, path]) => [subpath, summary(names.of(path))]),
  )
  await expect(`${JSON.stringify(all, null, 2)}\n`).toMatchFileSnapshot(
    "public-names.snapshot.json",
  )
})

/** One verb for the bots of several frameworks; a program imports that of its own framework. */
const sameForEachFramework = "receive"

test("no name has two meanings, whatever its subpath", () => {
  const names = new PublicNames()
  const places = new Map<string, Set<string>>()
  for (const path of allSubpaths().values()) {
    for (const { name, declarations } of names.of(path)) {
      const declared = declarations.map(({ file }) => file.path).join(" ")
      places.set(name, new Set([...(places.get(name) ?? []), declared]))
    }
  }
  places.delete(sameForEachFramework)
  const twice = [...places].filter(([, files]) => files.size > 1)
  expect(twice.map(([name, files]) => `${name}: ${[...files].join(", ")}`)).toEqual([])
})

test("every subpath lists its names individually, except Telegram's types", () => {
  const stars = [...allSubpaths().values()].flatMap((path) => {
    const lines = readFileSync(path, "utf8").match(/^export (type )?\* from .*$/gm) ?? []
    return lines.map((line) => `${path}: ${line}`)
  })
  expect(stars).toEqual([`src/telegram/index.ts: export type * from "./types.js"`])
})

test("all names of sounder/webhook are names of sounder too", () => {
  const names = new PublicNames()
  const everyday = new Set(names.of("src/index.ts").map(({ name }) => name))
  const missing = names.of("src/webhook.ts").filter(({ name }) => !everyday.has(name))
  expect(missing.map(({ name }) => name)).toEqual([])
})

test("the compiler finds every subpath of package.json, and no other", () => {
  const { compilerOptions } = JSON.parse(readFileSync("tsconfig.json", "utf8")) as {
    compilerOptions: { paths: Record<string, [string]> }
  }
  const own = Object.entries(compilerOptions.paths).filter(([name]) => /^sounder\b/.test(name))
  const wanted = [...subpaths()].map(([subpath, path]) => [subpath.replace(".", "sounder"), path])
  expect(Object.fromEntries(own.map(([name, [path]]) => [name, path.slice(2)]))).toEqual(
    Object.fromEntries(wanted),
  )
})

test("every subpath has a source file", () => {
  expect([...allSubpaths().keys()]).toContain(".")
  for (const path of allSubpaths().values()) expect(existsSync(path), path).toBe(true)
})

test("names are followed through lists, stars, aliases, namespaces and imports", () => {
  const names = new PublicNames(
    reader({
      "src/index.ts": `
        import { deep as local } from "./a.js"
        export * from "./a.js"
        export type * from "./b.js"
        export { x as renamed, type T as U } from "./b.js"
        export * as filters from "./a.js"
        export { local, own }
        function own() {}
        export type { Update } from "@grammyjs/types"
        export class Both {}
        export interface Both {}`,
      "src/a.ts": `export const deep = 1, second = 2; export type A = string; const hidden = 1`,
      "src/b.ts": `export const x = 1; export interface T {} export function y(): void`,
    }),
  )
  expect(summary(names.of("src/index.ts"))).toEqual({
    values: ["Both", "deep", "filters.deep", "filters.second", "local", "own", "renamed", "second"],
    types: ["A", "T", "U", "Update", "filters.A", "x", "y"],
  })
})

function summary(names: readonly PublicName[]): { values: string[]; types: string[] } {
  const flat = names.flatMap(flatten)
  const of = (isType: boolean) =>
    flat
      .filter((name) => name.isType === isType)
      .map(({ name }) => name)
      .toSorted()
  return { values: of(false), types: of(true) }
}

function flatten(name: PublicName): PublicName[] {
  if (!name.members) return [name]
  return name.members.flatMap(flatten).map((member) => ({
    ...member,
    name: `${name.name}.${member.name}`,
    isType: name.isType || member.isType,
  }))
}

function reader(files: Record<string, string>): (path: string) => string {
  return (path) => files[path] ?? ""
}
