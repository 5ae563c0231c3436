import { parseSync, Visitor } from "oxc-parser"

/** One mention of another module in a source file. */
export interface Import {
  /** The text between the quotes. */
  readonly specifier: string
  /**
   * `static` is loaded with the file, `dynamic` when `import()` runs, and `type` never: the
   * compiler erases it.
   */
  readonly kind: "static" | "dynamic" | "type"
}

/**
 * Returns every module that a source file mentions: imports, re-exports, `import()`,
 * `import("…").Type`.
 */
export function importsOf(path: string, source: string): Import[] {
  const { program, errors } = parseSync(path, source)
  if (errors.length > 0) throw new SyntaxError(`${path}: ${errors[0]?.message}`)
  const imports: Import[] = []
  const add = (specifier: string, kind: Import["kind"]) => void imports.push({ specifier, kind })
  const erased = (kind: "type" | "value" | null | undefined) =>
    kind === "type" ? "type" : "static"
  new Visitor({
    ImportDeclaration: (node) => add(node.source.value, erased(node.importKind)),
    ExportAllDeclaration: (node) => add(node.source.value, erased(node.exportKind)),
    ExportNamedDeclaration: (node) => {
      if (node.source) add(node.source.value, erased(node.exportKind))
    },
    TSImportType: (node) => add(node.source.value, "type"),
    ImportExpression: ({ source }) => {
      if (source.type === "Literal" && typeof source.value === "string")
        add(source.value, "dynamic")
    },
  }).visit(program)
  return imports
}
