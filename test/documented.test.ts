import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { expect, test } from "vitest"
import { withOptionTables } from "../scripts/option-tables.mjs"
import { filters } from "../src/index.js"
import { PublicNames, allSubpaths } from "./support/public-names.js"
import { undocumented } from "./support/undocumented.js"

test("every importable name has a doc comment, members included", () => {
  const names = new PublicNames()
  const missing = [...allSubpaths().values()].flatMap((path) => undocumented(names.of(path)))
  expect([...new Set(missing)]).toEqual([])
})

test.each([
  ["export class A {}", ["A"]],
  ["/** A. */ export class A { b = 1; #c = 2; private d() {} }", ["A.b"]],
  ["/** A. */ export class A { /** B. */ get b() { return 1 } set b(x) {} override e() {} }", []],
  ["/** A. */ export class A { constructor(a: string) {} }", []],
  ["/** A. */ export class A { async [Symbol.asyncDispose]() {} }", ["A.Symbol.asyncDispose"]],
  ["/** A. */ export interface A { b: string; /** C. */ c(): void; d(): void }", ["A.b", "A.d"]],
  ["/** A. */ export type A = { b: string } & { /** C. */ c: string }", ["A.b"]],
  ["/** A. */ export const a = { b: 1, /** C. */ c: 2 } as const", ["a.b"]],
  ["/** A. */ export const a: B = { b: 1 }", []],
  ["/** A. */ export function a(): void; export function a(b?: string): void {}", []],
  ["// A.\nexport const a = 1", ["a"]],
  ["/* A. */ export const a = 1", ["a"]],
  ["/** Something else. */ const b = 1; export const a = b", ["a"]],
  ["/** A. */ class A { b = 1 } export { A }", ["A.b"]],
  ["/** A. */ export class A {} export interface A { /** B. */ b: string }", []],
])("%s lacks %j", (source, missing) => {
  const names = new PublicNames(() => source).of("src/a.ts")
  expect(undocumented(names)).toEqual(missing.map((name) => `${name} (src/a.ts)`))
})

test("the tables in the guides equal the doc comments of the sources", () => {
  for (const name of readdirSync("docs/guides")) {
    const guide = readFileSync(join("docs/guides", name), "utf8")
    expect(guide, "Run `npm run format`.").toBe(withOptionTables(guide))
  }
})

test("a table of options that differs from the sources is replaced", () => {
  const marker = "<!-- options: src/polling/polling-options.ts#PollingOptions without bot -->"
  const stale = `Before.\n\n${marker}\n| \`timeout\` | Seconds. |\n<!-- /options -->\n\nAfter.\n`
  const written = withOptionTables(stale)
  expect(written.split(/\| `\w+` \| .* \|\n/)[0]).toBe(
    `Before.\n\n${marker}\n\n| option | meaning |\n| --- | --- |\n`,
  )
  expect(written).toMatch(/\n\n<!-- \/options -->\n\nAfter\.\n$/)
  expect(written).toContain("| `limit` | ")
  expect(written).not.toContain("| Seconds. |")
  expect(written).not.toContain("| `bot` | ")
  expect(withOptionTables(written)).toBe(written)
})

test("the guide of handlers lists every filter, each once, and marks those with arguments", () => {
  const guide = readFileSync("docs/guides/handlers.md", "utf8")
  const tables = [...guide.matchAll(/<!-- filters: .*? -->[^]*?<!-- \/filters -->/g)].join("\n")
  const listed = [...tables.matchAll(/^\| `(\w+)(\(…\))?` \| (.+) \|$/gm)]
  const names = listed.map(([, name = ""]) => name)
  expect(names.toSorted()).toEqual(Object.keys(filters).toSorted())
  // A filter that takes an update is called by Sounder; any other function returns a filter.
  const made = ["and", "chatType", "edited", "regex", "topic", "viaBot"]
  const isCalled = new Map(listed.map(([, name, call]) => [name, call !== undefined]))
  expect(made.map((name) => isCalled.get(name))).toEqual(made.map(() => true))
  expect(["text", "groups", "joined", "service"].map((name) => isCalled.get(name))).toEqual(
    Array.from({ length: 4 }, () => false),
  )
})
