import { readFileSync } from "node:fs"
import { expect, test } from "vitest"
import {
  cycles,
  type ImportGraph,
  importGraph,
  readSources,
} from "../../test/support/import-graph.js"

/** The floors of the README, the highest first. Those of one row never import each other. */
const floors = floorsOf(readFileSync("simulator/README.md", "utf8"))
const graph = importGraph(readSources("simulator/src"))

test("a file imports from its own floor and from floors below it, types included", () => {
  expect(breaches(graph)).toEqual([])
})

test("every folder and file of the sources has its floor in the README, and no floor is empty", () => {
  const found = new Set([...graph.keys()].map(floorOf))
  expect([...found].toSorted()).toEqual(floors.flat().toSorted())
})

test("files do not import each other in a circle, types included", () => {
  expect(cycles(graph)).toEqual([])
})

test.each([
  ["world/p.ts", `import { A } from "../methods/a.js"`, "world may not import methods"],
  ["world/p.ts", `import type { A } from "../people/a.js"`, "world may not import people"],
  ["ground/p.ts", `export * from "../world/world.js"`, "ground may not import world"],
  ["delivery/p.ts", `import { A } from "../world/a.js"`, "delivery may not import world"],
  ["arguments/p.ts", `import { A } from "../http/a.js"`, "arguments may not import http"],
  ["people/p.ts", `let a: import("../methods/a.js").A`, "people may not import methods"],
  ["methods/p.ts", `import { A } from "../http/a.js"`, "methods may not import http"],
  ["http/p.ts", `import { A } from "../page/a.js"`, "http may not import page"],
  ["page/p.ts", `import { A } from "../state/a.js"`, "page may not import state"],
  ["state/p.ts", `import { A } from "../simulator.js"`, "state may not import simulator.ts"],
  ["simulator.ts", `import { A } from "./index.js"`, "simulator.ts may not import index.ts"],
  ["index.ts", `import { run } from "./command/run.js"`, "index.ts may not import command"],
  ["world/p.ts", `import type { Message } from "sounder"`, "world may not import Sounder"],
  ["world/p.ts", `await import("../../../src/telegram/a.js")`, "world may not import Sounder"],
  ["attic/p.ts", `import "../ground/a.js"`, "attic is no floor"],
])("src/%s with %s is a breach", (name, source, breach) => {
  const planted = importGraph(new Map([[`simulator/src/${name}`, source]]))
  expect(breaches(planted)).toContainEqual(expect.stringContaining(breach))
})

function floorsOf(readme: string): string[][] {
  const rows = readme.match(/^\| `.*$/gm) ?? []
  return rows.map((row) =>
    [...(row.split("|")[1] ?? "").matchAll(/`([^`]+)`/g)].map(([, name]) => name ?? ""),
  )
}

function breaches(imports: ImportGraph): string[] {
  return [...imports].flatMap(([path, edges]) =>
    edges.flatMap(({ target, specifier }) => {
      const reason = whyNot(floorOf(path), target)
      return reason === undefined ? [] : [`${path} imports ${specifier}: ${reason}`]
    }),
  )
}

function whyNot(floor: string, target: string): string | undefined {
  if (rowOf(floor) < 0) return `${floor} is no floor of the README`
  const isSounder = /^sounder(\/|$)/.test(target) || target.startsWith("src/")
  if (isSounder) return `${floor} may not import Sounder`
  if (!target.startsWith("simulator/src/")) return undefined
  const other = floorOf(target)
  const isAllowed = other === floor || rowOf(other) > rowOf(floor)
  return isAllowed ? undefined : `${floor} may not import ${other}`
}

function floorOf(path: string): string {
  return path.split("/")[2] ?? path
}

function rowOf(floor: string): number {
  return floors.findIndex((row) => row.includes(floor))
}
