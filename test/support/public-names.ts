/**
 * The names that a user can import: follows the `export`s of the source files behind the `exports` of
 * package.json down to the declarations.
 *
 * @module
 */
import { readFileSync } from "node:fs"
import { posix } from "node:path"
import {
  type ExportAllDeclaration,
  type ExportNamedDeclaration,
  type ModuleExportName,
  type Node,
  parseSync,
  type Statement,
} from "oxc-parser"
import { sourceOfOutput } from "./import-graph.js"

/** A parsed source file. */
export interface SourceFile {
  readonly path: string
  readonly source: string
  readonly statements: readonly Statement[]
  /** The doc comments, by their end positions. */
  readonly docs: ReadonlyMap<number, string>
}

/** A statement that declares a name, and its file. */
export interface Declaration {
  readonly file: SourceFile
  /** The whole statement, `export` included, which the doc comment precedes. */
  readonly statement: Node
  /** The class, interface, function, variable, … itself. */
  readonly node: Node
}

/** An importable name. */
export interface PublicName {
  readonly name: string
  /** Whether it exists only for the compiler. */
  readonly isType: boolean
  /** Its declarations; none if another package declares it. */
  readonly declarations: readonly Declaration[]
  /** The names below it, if it is `export * as name`. */
  readonly members?: readonly PublicName[]
}

/**
 * The subpaths of a package, each to the source file behind it.
 *
 * @param folder where its package.json is
 */
export function subpaths(folder = "."): Map<string, string> {
  const { exports } = JSON.parse(readFileSync(posix.join(folder, "package.json"), "utf8")) as {
    exports: Record<string, string | { default: string }>
  }
  const found = new Map<string, string>()
  for (const [subpath, target] of Object.entries(exports)) {
    if (typeof target === "string") continue
    found.set(subpath, posix.join(folder, sourceOfOutput(target.default)))
  }
  return found
}

/** Returns the subpaths of both packages, those of the simulator as a program imports them. */
export function allSubpaths(): Map<string, string> {
  const ofSimulator = [...subpaths("simulator")].map(
    ([subpath, path]) => [subpath.replace(/^\./, "@sounder/simulator"), path] as const,
  )
  return new Map([...subpaths(), ...ofSimulator])
}

/** A reader of source files in a folder. In tests, a map of path to text replaces the folder. */
export class PublicNames {
  readonly #read: (path: string) => string
  readonly #files = new Map<string, SourceFile>()

  constructor(read: (path: string) => string = (path) => readFileSync(path, "utf8")) {
    this.#read = read
  }

  /** Returns every name that a source file exports, sorted. */
  of(path: string): PublicName[] {
    const file = this.#file(path)
    const names = file.statements.flatMap((statement) => this.#exportsOf(file, statement))
    return merged(names).toSorted((a, b) => (a.name < b.name ? -1 : 1))
  }

  #file(path: string): SourceFile {
    const known = this.#files.get(path)
    if (known) return known
    const source = this.#read(path)
    const { program, comments } = parseSync(path, source)
    const docs = comments.filter(({ type, value }) => type === "Block" && value.startsWith("*"))
    const file = {
      path,
      source,
      statements: program.body,
      docs: new Map(docs.map(({ end, value }) => [end, value])),
    }
    this.#files.set(path, file)
    return file
  }

  #exportsOf(file: SourceFile, statement: Statement): PublicName[] {
    if (statement.type === "ExportAllDeclaration") return this.#exportAll(file, statement)
    if (statement.type !== "ExportNamedDeclaration") return []
    if (statement.declaration) return declared(file, statement, statement.declaration)
    return this.#exportList(file, statement)
  }

  #exportAll(file: SourceFile, statement: ExportAllDeclaration): PublicName[] {
    const isType = statement.exportKind === "type"
    const members = this.#namesOf(file, statement.source.value)
    if (statement.exported) {
      return [{ name: nameOf(statement.exported), isType, declarations: [], members }]
    }
    return members.map((name) => ({ ...name, isType: isType || name.isType }))
  }

  #exportList(file: SourceFile, statement: ExportNamedDeclaration): PublicName[] {
    return statement.specifiers.map((specifier) => {
      const isType = statement.exportKind === "type" || specifier.exportKind === "type"
      const local = nameOf(specifier.local)
      const found = statement.source
        ? this.#named(file, statement.source.value, local)
        : this.#local(file, local)
      const name = nameOf(specifier.exported)
      return {
        ...found,
        name,
        isType: isType || (found?.isType ?? false),
        declarations: found?.declarations ?? [],
      }
    })
  }

  /** Returns a name that the file declares or imports. */
  #local(file: SourceFile, name: string): PublicName | undefined {
    for (const statement of file.statements) {
      if (statement.type === "ImportDeclaration") {
        const specifier = statement.specifiers.find(({ local }) => local.name === name)
        if (specifier?.type === "ImportSpecifier") {
          return this.#named(file, statement.source.value, nameOf(specifier.imported))
        }
      }
    }
    const own = file.statements.flatMap((statement) => declared(file, statement, statement))
    return merged(own).find((found) => found.name === name)
  }

  #named(file: SourceFile, specifier: string, name: string): PublicName | undefined {
    return this.#namesOf(file, specifier).find((found) => found.name === name)
  }

  #namesOf(file: SourceFile, specifier: string): PublicName[] {
    if (!specifier.startsWith(".")) {
      return [{ name: `* from ${specifier}`, isType: true, declarations: [] }]
    }
    const path = posix.join(posix.dirname(file.path), specifier).replace(/\.js$/, ".ts")
    return this.of(path)
  }
}

/** Returns the names that a statement declares. */
function declared(file: SourceFile, statement: Node, node: Node): PublicName[] {
  const declarations = [{ file, statement, node }]
  if (node.type === "VariableDeclaration") {
    return node.declarations.flatMap((declarator) =>
      declarator.id.type === "Identifier"
        ? [
            {
              name: declarator.id.name,
              isType: false,
              declarations: [{ file, statement, node: declarator }],
            },
          ]
        : [],
    )
  }
  const isType = node.type === "TSInterfaceDeclaration" || node.type === "TSTypeAliasDeclaration"
  if (!isType && !isValue(node)) return []
  return node.id?.type === "Identifier" ? [{ name: node.id.name, isType, declarations }] : []
}

function isValue(node: Node): node is Extract<Node, { type: (typeof valueNodes)[number] }> {
  return valueNodes.some((type) => type === node.type)
}

const valueNodes = ["ClassDeclaration", "FunctionDeclaration", "TSDeclareFunction"] as const

/** Merges the entries of each name: overloads, and a class with an interface of the same name. */
function merged(names: readonly PublicName[]): PublicName[] {
  const byName = new Map<string, PublicName>()
  for (const name of names) {
    const known = byName.get(name.name)
    const declarations = new Set([...(known?.declarations ?? []), ...name.declarations])
    const isType = name.isType && (known?.isType ?? true)
    byName.set(name.name, { ...name, isType, declarations: [...declarations] })
  }
  return [...byName.values()]
}

function nameOf(name: ModuleExportName): string {
  return name.type === "Literal" ? name.value : name.name
}
