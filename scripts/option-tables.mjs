/**
 * Writes the tables of options in the guides from the doc comments of the sources. A guide marks the
 * place of a table with the interfaces whose members are its rows:
 *
 *     <!-- options: src/polling/polling-options.ts#PollingOptions without bot queue -->
 *     <!-- /options -->
 *
 * Where two interfaces have a member of one name, the first one counts.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { parseSync } from "oxc-parser"

const root = fileURLToPath(new URL("..", import.meta.url))
const marked = /(<!-- options: (.+?) -->\n)[^]*?(<!-- \/options -->)/g

/** Returns the members of an interface, each with its doc comment as one line. */
function optionsOf(place) {
  const [path, name] = place.split("#")
  const source = readFileSync(join(root, path), "utf8")
  const { program, comments } = parseSync(path, source)
  const node = program.body.find(({ declaration }) => declaration?.id?.name === name)?.declaration
  if (!node?.body) throw new Error(`${path} exports no interface ${name}.`)
  return node.body.body.map((member) => {
    const end = source.slice(0, member.start).trimEnd().length
    return [member.key.name, oneLine(comments.find((comment) => comment.end === end)?.value ?? "")]
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

function table(marker) {
  const [places, left = ""] = marker.split(" without ")
  const options = new Map(places.split(" ").flatMap(optionsOf).toReversed())
  for (const name of left.split(" ")) options.delete(name)
  const rows = [...options].toReversed().map(([name, comment]) => `| \`${name}\` | ${comment} |\n`)
  return `\n| option | meaning |\n| --- | --- |\n${rows.join("")}\n`
}

/** Returns the text of a guide with its tables written from the sources. */
export function withOptionTables(guide) {
  return guide.replaceAll(marked, (_, begin, marker, end) => begin + table(marker) + end)
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
