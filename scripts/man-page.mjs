/**
 * Writes the man page of the command `sounder` from the help of its commands.
 *
 * `node scripts/man-page.mjs FOLDER`, where FOLDER is a built `dist`.
 */
import { spawnSync } from "node:child_process"
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

const [folder = "dist"] = process.argv.slice(2)
const root = fileURLToPath(new URL("..", import.meta.url))
const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"))

writeFileSync(
  join(folder, "sounder.1"),
  [
    `.TH SOUNDER 1 "" "sounder ${version}" "Sounder"`,
    ".SH NAME",
    "sounder \\- tools for Telegram bots that lose no update",
    ".SH SYNOPSIS",
    ".B sounder",
    "command [options]",
    ...commandParts([]),
    "",
  ].join("\n"),
)

/** Returns the lines of a command and of the commands below it. */
function commandParts(path) {
  const help = helpOf(path)
  const isRoot = path.length === 0
  const heading = isRoot ? [] : [`.SH ${["sounder", ...path].join(" ").toUpperCase()}`]
  const names = itemsOf(help.sections.get("Commands") ?? [])
    .map(([term]) => term)
    .filter((name) => name !== "help")
  return [
    ...heading,
    ...(isRoot ? [".SH DESCRIPTION"] : [".nf", escaped(help.usage), ".fi", ".PP"]),
    escaped(help.description),
    ...[...help.sections].flatMap(([title, lines]) => sectionParts(title, lines, isRoot)),
    ...(help.end === "" ? [] : [".SH EXIT STATUS", escaped(help.end)]),
    ...names.flatMap((name) => commandParts([...path, name])),
  ]
}

function sectionParts(title, lines, isRoot) {
  const heading = isRoot ? `.SH ${title.toUpperCase()}` : `.SS ${title}`
  if (title === "Examples") return [heading, ".nf", ...lines.map(escaped), ".fi"]
  const items = itemsOf(lines).flatMap(([term, meaning]) => [
    ".TP",
    `.B ${escaped(term)}`,
    escaped(meaning),
  ])
  return [heading, ...items]
}

/** Returns the parts of a command's help: usage, description, titled sections, and the text after them. */
function helpOf(path) {
  const main = join(folder, "cli", "main.js")
  const { stdout, status } = spawnSync(process.execPath, [main, ...path, "--help"], {
    encoding: "utf8",
  })
  if (status !== 0) throw new Error(`sounder ${path.join(" ")} --help has failed`)
  const [usage = "", description = "", ...rest] = stdout.trimEnd().split("\n\n")
  const sections = new Map()
  const end = []
  for (const block of rest) {
    const [, title, lines] = /^(\w+):\n((?: .*\n?)+)$/.exec(block) ?? []
    if (title === undefined) end.push(block)
    else sections.set(title, lines.trimEnd().split("\n"))
  }
  return { usage, description: joined(description), sections, end: joined(end.join(" ")) }
}

/** Returns the items of a section: each term with its meaning, whose lines are joined. */
function itemsOf(lines) {
  const items = []
  for (const line of lines) {
    if (/^ {2}\S/.test(line)) items.push(line.trim())
    else items.push(`${items.pop()} ${line.trim()}`)
  }
  return items.map((item) => {
    const [, term = item, meaning = ""] = /^(.*?) {2,}(.*)$/.exec(item) ?? []
    return [term, meaning]
  })
}

function joined(text) {
  return text.replaceAll(/\s*\n\s*/g, " ")
}

/** Escapes a line for troff. */
function escaped(line) {
  return line
    .replaceAll("\\", "\\e")
    .replaceAll("-", "\\-")
    .replace(/^(?=[.'])/, "\\&")
}
