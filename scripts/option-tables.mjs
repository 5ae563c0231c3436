/**
 * Writes the tables of options and filters in the guides from the doc comments of the sources. A guide
 * marks the place of a table of options with the interfaces whose members are its rows:
 *
 *     <!-- options: src/polling/polling-options.ts#PollingOptions without bot queue -->
 *     <!-- /options -->
 *
 * Where two interfaces have a member of one name, the first one counts. The place of a table of filters
 * is marked with the file that exports them:
 *
 *     <!-- filters: src/dispatch/filters/media.ts -->
 *     <!-- /filters -->
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { parseSync } from "oxc-parser"

const root = fileURLToPath(new URL("..", import.meta.url))
const marked = /(<!-- (options|filters): (.+?) -->\n)[^]*?(<!-- \/\2 -->)/g

/** Returns the statements of a source, and a function that returns the doc comment of a node as one line. */
function parsed(path) {
  const source = readFileSync(join(root, path), "utf8")
  const { program, comments } = parseSync(path, source)
  const commentOf = ({ start }) => {
    const end = source.slice(0, start).trimEnd().length
    return oneLine(comments.find((comment) => comment.end === end)?.value ?? "")
  }
  return { statements: program.body, commentOf }
}

/** Returns the members of an interface, each with its doc comment. */
function optionsOf(place) {
  const [path, name] = place.split("#")
  const { statements, commentOf } = parsed(path)
  const node = statements.find(({ declaration }) => declaration?.id?.name === name)?.declaration
  if (!node?.body) throw new Error(`${path} exports no interface ${name}.`)
  return node.body.body.map((member) => [member.key.name, commentOf(member)])
}

/** Returns the filters that a file exports, each with its doc comment. A filter that is called has "(…)". */
function filtersOf(path) {
  const { statements, commentOf } = parsed(path)
  return statements.flatMap((statement) => {
    const { declaration } = statement
    if (declaration?.type === "FunctionDeclaration") {
      return [[`${declaration.id.name}(…)`, commentOf(statement)]]
    }
    if (declaration?.type !== "VariableDeclaration") return []
    return declaration.declarations.map(({ id }) => {
      const isCalled = id.typeAnnotation.typeAnnotation.typeName?.name === "Lift"
      return [isCalled ? `${id.name}(…)` : id.name, commentOf(statement)]
    })
  })
}

function oneLine(comment) {
  return comment
    .replaceAll(/^\s*\*+/gm, "")
    .replaceAll(/\{@link (\w+)\}/g, "`$1`")
    .replaceAll("|", "\\|")
    .replaceAll(/\s+/g, " ")
    .trim()
}

function optionTable(marker) {
  const [places, left = ""] = marker.split(" without ")
  const options = new Map(places.split(" ").flatMap(optionsOf).toReversed())
  for (const name of left.split(" ")) options.delete(name)
  return table(["option", "meaning"], [...options].toReversed())
}

function table([name, meaning], rows) {
  const lines = rows.map(([first, second]) => `| \`${first}\` | ${second} |\n`)
  return `\n| ${name} | ${meaning} |\n| --- | --- |\n${lines.join("")}\n`
}

/** Returns the text of a guide with its tables written from the sources. */
export function withOptionTables(guide) {
  return guide.replaceAll(marked, (_, begin, kind, marker, end) => {
    const isOfFilters = kind === "filters"
    return begin + (isOfFilters ? filterTable(marker) : optionTable(marker)) + end
  })
}

function filterTable(path) {
  return table(["filter", "meaning"], filtersOf(path))
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const folder = join(root, "docs", "guides")
  for (const name of readdirSync(folder)) {
    const path = join(folder, name)
    const guide = readFileSync(path, "utf8")
    const written = withOptionTables(guide)
    if (written !== guide) writeFileSync(path, written)
  }
}
