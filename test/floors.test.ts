import { isBuiltin } from "node:module"
import { dirname, relative } from "node:path/posix"
import { expect, test } from "vitest"
import {
  cycles,
  type ImportGraph,
  importGraph,
  loadedWith,
  packageAliases,
  readSources,
} from "./support/import-graph.js"
import { readDrawings, type Rows } from "./support/floor-drawings.js"

const { floors, rooms } = readDrawings()

/** The floors of the retrieval wing. */
const retrieval = ["webhook-start", "registration", "polling", "node-server", "webhook"]

/** Floors with fewer permitted imports than their height allows. */
const knowsNothingOf: Record<string, readonly string[]> = {
  proxy: ["index.ts", "webhook.ts", "updater.ts", ...retrieval, "dispatch", "queue", "bot"],
  metrics: ["index.ts", "webhook.ts", "fleet", "updater.ts", "dispatch", "queue"],
  tracing: [
    "index.ts",
    "webhook.ts",
    "fleet",
    "updater.ts",
    ...retrieval,
    "dispatch",
    "queue",
    "bot",
  ],
  ...Object.fromEntries(retrieval.map((floor) => [floor, ["dispatch"]])),
  webhook: ["acme", "bot", "certificate", "intake"],
  polling: ["dispatch", "node-server", "webhook", "acme", "certificate"],
  dispatch: ["acme", "intake"],
  queue: ["certificate", "bot"],
  acme: ["bot"],
}

/** Floors for Workers, Deno and Bun: they load no Node module. SQLite and pg belong to Node. */
const neutral =
  /^src\/(webhook\.ts|bot\/bot\.ts|(telegram|events|text|markdown|web-app|dispatch|webhook)\/.*|queue\/(?!(sqlite|postgres)\/).*)$/

const sources = readSources("src")
const aliases = packageAliases()

test("a file imports from its own floor and from floors below it, types included", () => {
  expect(breaches(importGraph(sources, aliases))).toEqual([])
})

test("files do not import each other in a circle, types included", () => {
  expect(cycles(importGraph(sources, aliases))).toEqual([])
})

test("no Node module is loaded with the webhook function, the bot, the queue and the dispatcher", () => {
  expect(loadsOfNode(importGraph(sources, aliases))).toEqual([])
})

test.each([
  ["queue/planted.ts", `import { Bot } from "../bot/bot.js"`, "queue may not import bot"],
  [
    "queue/planted.ts",
    `import type { A } from "../dispatch/a.js"`,
    "queue may not import dispatch",
  ],
  ["ground/planted.ts", `export * from "../telegram/types.js"`, "ground may not import telegram"],
  ["bot/planted.ts", `await import("../queue/index.js")`, "bot may not import queue"],
  ["dispatch/p.ts", `let a: import("../polling/a.js").A`, "dispatch may not import polling"],
  ["dispatch/p.ts", `import "../webhook/a.js"`, "dispatch may not import webhook"],
  ["webhook-start/p.ts", `import "../dispatch/a.js"`, "webhook-start may not import dispatch"],
  ["registration/p.ts", `export type { A } from "../dispatch/a.js"`, "may not import dispatch"],
  ["registration/p.ts", `import "../webhook-start/a.js"`, "may not import webhook-start"],
  ["registration/p.ts", `import "../polling/a.js"`, "registration may not import polling"],
  ["polling/p.ts", `import "../node-server/a.js"`, "polling may not import node-server"],
  ["node-server/p.ts", `import "../registration/a.js"`, "may not import registration"],
  ["webhook/p.ts", `import type { A } from "../node-server/a.js"`, "may not import node-server"],
  ["intake/p.ts", `import "../queue/index.js"`, "intake may not import queue"],
  ["node-server/tls/p.ts", `import "../a.js"`, "room tls may not import *.ts"],
  ["node-server/pages/p.ts", `import "../tls/a.js"`, "room pages may not import tls"],
  ["node-server/client-address/p.ts", `import type { A } from "../a.js"`, "may not import *.ts"],
  ["node-server/cellar/p.ts", `import "../tls/a.js"`, "cellar is no room of node-server"],
  ["registration/p.ts", `import "./watch/a.js"`, "room *.ts may not import watch"],
  ["dispatch/context/p.ts", `import "../handlers/a.js"`, "context may not import handlers"],
  ["dispatch/handlers/p.ts", `import type { A } from "../consumer/a.js"`, "not import consumer"],
  ["dispatch/filters/p.ts", `import "../context/a.js"`, "filters may not import context"],
  ["dispatch/consumer/p.ts", `export * from "../dispatcher.js"`, "consumer may not import *.ts"],
  ["dispatch/attic/p.ts", `import "../filters/a.js"`, "attic is no room of dispatch"],
  ["doctor/p.ts", `import "@sounder/simulator"`, "doctor may not import @sounder/simulator"],
  ["updater.ts", `import { A } from "./index.js"`, "updater.ts may not import index.ts"],
  ["bot/planted.ts", `import { Updater } from "sounder"`, "bot may not import sounder"],
  ["telegram/planted.ts", `import "#transport"`, "telegram may not import bot"],
  ["attic/planted.ts", `import { A } from "../queue/index.js"`, "attic is no floor"],
])("src/%s with %s is a breach", (name, source, breach) => {
  const graph = importGraph(new Map([[`src/${name}`, source]]), aliases)
  expect(breaches(graph)).toContainEqual(expect.stringContaining(breach))
})

/**
 * Returns a file of each floor that imports its own row, and one that imports the row above; rooms
 * alike.
 */
function everyWayUp(): (readonly [name: string, specifier: string, breach: string])[] {
  const between = (rows: Rows, file: (name: string) => string) =>
    rows.flatMap((row, index) =>
      row.flatMap((name) =>
        [...row, ...(rows[index - 1] ?? [])]
          .filter((other) => other !== name)
          .map((other) => {
            const way = relative(dirname(file(name)), file(other)).replace(/\.ts$/, ".js")
            return [
              file(name),
              way.startsWith(".") ? way : `./${way}`,
              `may not import ${other}`,
            ] as const
          }),
      ),
    )
  const fileIn = (folder: string) => (name: string) =>
    name === "*.ts" ? `${folder}/planted.ts` : `${folder}/${name}/planted.ts`
  const floorFile = (name: string) => (name.endsWith(".ts") ? `src/${name}` : fileIn("src")(name))
  const inside = [...rooms].flatMap(([floor, rows]) => between(rows, fileIn(`src/${floor}`)))
  return [...between(floors, floorFile), ...inside]
}

test.each(everyWayUp())("%s may not import %s", (path, specifier, breach) => {
  const graph = importGraph(new Map([[path, `import type { A } from "${specifier}"`]]), aliases)
  expect(breaches(graph)).toContainEqual(expect.stringContaining(breach))
})

test("a circle of types is a circle", () => {
  const planted = new Map([
    ["src/queue/a.ts", `import type { B } from "./b.js"`],
    ["src/queue/b.ts", `import { type C } from "./c.js"`],
    ["src/queue/c.ts", `let a: import("./a.js").A`],
  ])
  expect(cycles(importGraph(planted))).toEqual([
    ["src/queue/a.ts", "src/queue/b.ts", "src/queue/c.ts"],
  ])
})

test.each(["node:fs", "fs/promises", "undici", "undici/types"])(
  "%s two files away from a neutral file is found, with its path",
  (specifier) => {
    const planted = new Map([
      ["src/queue/a.ts", `import { b } from "../ground/b.js"`],
      ["src/ground/b.ts", `import { c } from "${specifier}"`],
    ])
    const way = `src/queue/a.ts → src/ground/b.ts → ${specifier}`
    expect(loadsOfNode(importGraph(planted))).toEqual([way])
  },
)

test("a module imported at its first use, or for its types, is not loaded with a file", () => {
  const planted = new Map([
    ["src/bot/bot.ts", `import type { A } from "node:fs"; export const b = () => import("undici")`],
  ])
  expect(loadsOfNode(importGraph(planted))).toEqual([])
})

function breaches(graph: ImportGraph): string[] {
  return [...graph].flatMap(([path, edges]) =>
    edges.flatMap(({ target, specifier }) => {
      const reason = whyNot(path, target) ?? whyNotInside(path, target)
      return reason ? [`${path} imports ${specifier}: ${reason}`] : []
    }),
  )
}

function whyNot(path: string, target: string): string | undefined {
  const floor = floorOf(path)
  if (rowOf(floors, floor) < 0) return `${floor} is no floor of the list`
  const isOwnPackage = target === "sounder" || target.startsWith("sounder/")
  if (isOwnPackage) return `${floor} may not import sounder itself`
  const isSimulator = /^@sounder\/simulator(\/|$)/.test(target)
  if (isSimulator && floor !== "cli") return `${floor} may not import ${target}`
  const other = target.startsWith("src/") ? floorOf(target) : floor
  const isBelow = rowOf(floors, other) > rowOf(floors, floor)
  const isKnown = !knowsNothingOf[floor]?.includes(other)
  return other === floor || (isBelow && isKnown) ? undefined : `${floor} may not import ${other}`
}

/** Returns the reason if an import within a floor does not go down from one room to another. */
function whyNotInside(path: string, target: string): string | undefined {
  const floor = floorOf(path)
  const rows = rooms.get(floor)
  if (!rows) return undefined
  const room = roomOf(path)
  if (rowOf(rows, room) < 0) return `${room} is no room of ${floor}`
  if (!target.startsWith(`src/${floor}/`)) return undefined
  const other = roomOf(target)
  const isAllowed = other === room || rowOf(rows, other) > rowOf(rows, room)
  return isAllowed ? undefined : `room ${room} may not import ${other}`
}

function roomOf(path: string): string {
  const [, , room = "", ...inner] = path.split("/")
  return inner.length > 0 ? room : "*.ts"
}

function floorOf(path: string): string {
  return path.split("/")[1] ?? path
}

function rowOf(rows: Rows, name: string): number {
  return rows.findIndex((row) => row.includes(name))
}

function loadsOfNode(graph: ImportGraph): string[] {
  const entries = [...graph.keys()].filter((path) => neutral.test(path))
  return [...loadedWith(graph, entries)]
    .filter(([name]) => isBuiltin(name) || /^undici(\/|$)/.test(name))
    .map(([, trail]) => trail.join(" → "))
}
