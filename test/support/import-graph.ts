import { readFileSync, readdirSync } from "node:fs"
import { posix } from "node:path"
import { type Import, importsOf } from "./imports.js"

/** Source files by their path from the folder of the package: `src/queue/memory/lane.ts` to its text. */
export type Sources = ReadonlyMap<string, string>

/** An import with its target: the path of a source file, or the specifier of another package. */
export interface Edge extends Import {
  /** The path of a source file, or the specifier of another package. */
  readonly target: string
}

/** The imports of every source file. */
export type ImportGraph = ReadonlyMap<string, readonly Edge[]>

/** Reads all source files under a folder of the package. */
export function readSources(folder: string): Sources {
  const paths = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => posix.join(folder, name.replaceAll("\\", "/")))
    .filter((path) => path.endsWith(".ts"))
    .toSorted()
  return new Map(paths.map((path) => [path, readFileSync(path, "utf8")]))
}

/** The import graph of source files. `aliases` are the `imports` of package.json, as source files. */
export function importGraph(
  sources: Sources,
  aliases: ReadonlyMap<string, readonly string[]> = new Map(),
): ImportGraph {
  const edgesOf = (path: string, source: string): Edge[] =>
    importsOf(path, source).flatMap((found) =>
      targets(path, found.specifier, aliases).map((target) => ({ ...found, target })),
    )
  return new Map([...sources].map(([path, source]) => [path, edgesOf(path, source)]))
}

/** Returns the `imports` of package.json, each with every source file that it can resolve to. */
export function packageAliases(): Map<string, string[]> {
  const { imports = {} } = JSON.parse(readFileSync("package.json", "utf8")) as {
    imports?: Record<string, Record<string, string>>
  }
  const sourcesOf = (conditions: Record<string, string>) => [
    ...new Set(Object.values(conditions).map(sourceOfOutput)),
  ]
  return new Map(Object.entries(imports).map(([name, conditions]) => [name, sourcesOf(conditions)]))
}

/** Returns the source file of an output file: `src/queue/index.ts` for `./dist/queue/index.js`. */
export function sourceOfOutput(path: string): string {
  return path.replace(/^\.\/dist\//, "src/").replace(/(\.d\.ts|\.js)$/, ".ts")
}

/** Returns one circle for each set of files that import each other; type imports count too. */
export function cycles(graph: ImportGraph): string[][] {
  const found: string[][] = []
  const state = new Map<string, "open" | "closed">()
  const visit = (path: string, trail: readonly string[]): void => {
    if (state.get(path) === "open") found.push(trail.slice(trail.indexOf(path)))
    if (state.has(path)) return
    state.set(path, "open")
    for (const { target } of graph.get(path) ?? []) visit(target, [...trail, path])
    state.set(path, "closed")
  }
  for (const path of graph.keys()) visit(path, [])
  return found
}

/**
 * Returns all modules that are loaded with the given files, each with the path of imports to it.
 */
export function loadedWith(graph: ImportGraph, entries: readonly string[]): Map<string, string[]> {
  const loaded = new Map<string, string[]>()
  const waiting = entries.map((path) => [path])
  for (let trail = waiting.pop(); trail; trail = waiting.pop()) {
    const path = trail.at(-1) ?? ""
    if (loaded.has(path)) continue
    loaded.set(path, trail)
    const statics = (graph.get(path) ?? []).filter(({ kind }) => kind === "static")
    for (const { target } of statics) waiting.push([...trail, target])
  }
  return loaded
}

function targets(
  importer: string,
  specifier: string,
  aliases: ReadonlyMap<string, readonly string[]>,
): readonly string[] {
  if (!specifier.startsWith(".")) return aliases.get(specifier) ?? [specifier]
  return [posix.join(posix.dirname(importer), specifier).replace(/\.js$/, ".ts")]
}
