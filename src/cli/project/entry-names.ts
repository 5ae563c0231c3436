import { readdirSync, readFileSync } from "node:fs"
import { createRequire } from "node:module"
import { dirname, join } from "node:path"

/** A name that programs import from Sounder. */
export interface EntryName {
  /** The entry as a program imports it, such as `sounder/sqlite`. */
  readonly entry: string
  /** The name that the entry exports. */
  readonly name: string
  /** The member of the exported namespace, such as `ApiError` of `errors`; `undefined` for the exported name itself. */
  readonly member: string | undefined
  /** Whether the name exists only for the compiler. */
  readonly isType: boolean
}

/** The exports in Sounder's package.json. */
type Exports = Readonly<Record<string, string | { types: string; default: string }>>

/** Returns all names that programs can import from Sounder, read from the files of the package. */
export function entryNames(): EntryName[] {
  const manifest = createRequire(import.meta.url).resolve("sounder/package.json")
  const folder = dirname(manifest)
  const read = (path: string) => readFileSync(join(folder, path), "utf8")
  // Sounder's own package.json has this field.
  const { exports } = JSON.parse(readFileSync(manifest, "utf8")) as { exports: Exports }
  const shared = readdirSync(join(folder, "dist/shared")).filter((file) => file.endsWith(".d.ts"))
  const chunks = shared.map((file) => read(`dist/shared/${file}`)).join("\n")
  return Object.entries(exports).flatMap(([subpath, target]) => {
    if (typeof target === "string") return []
    const values = new Set(exportedNames(read(target.default)).map(({ name }) => name))
    const entry = subpath.replace(".", "sounder")
    return exportedNames(read(target.types)).flatMap(({ local, name }) => {
      const found = { entry, name, isType: !values.has(name) }
      const members = namespaceMembers(chunks, local).map((member) => ({ ...found, member }))
      return [{ ...found, member: undefined }, ...members]
    })
  })
}

/** Returns the names in the lists of exports at the end of a built file. */
function exportedNames(source: string): { local: string; name: string }[] {
  return [...source.matchAll(/^export \{([^}]*)\}/gm)].flatMap(([, list = ""]) =>
    listedNames(list).map((text) => {
      const [local = "", name = local] = text.split(" as ")
      return { local, name }
    }),
  )
}

function namespaceMembers(declarations: string, local: string): string[] {
  if (!local.endsWith("_exports")) return []
  const declaration = new RegExp(`^declare namespace ${local} \\{\\s*export \\{([^}]*)\\}`, "m")
  return listedNames(declaration.exec(declarations)?.[1] ?? "")
}

function listedNames(list: string): string[] {
  return list
    .split(",")
    .map((name) => name.trim().replace(/^type /, ""))
    .filter((name) => name !== "")
}
