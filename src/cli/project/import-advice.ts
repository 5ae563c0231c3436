import { errorName, errorText } from "../../ground/error-text.js"
import { similarName } from "../../ground/similar-name.js"
import { type EntryName, entryNames } from "./entry-names.js"
import { failedFile } from "./failed-file.js"
import { programSource } from "./program-source.js"

/** The error of Node for a name that a module does not export. */
const missingExport =
  /requested module '(sounder(?:\/[\w-]+)?)' does not provide an export named '(\w+)'/

/** The error of Node for an entry that a package does not have. */
const missingEntry =
  /Package subpath '\.(\/[^']+)' is not defined by "exports" in .*[/\\]sounder[/\\]package\.json/

/** The errors for a name that a program has not imported, or that `require("sounder")` does not have. */
const missingName =
  /^(?:\w+\.)?(\w+) is not defined$|^\(?(?:0 ?, ?)?(?:\w+\.)?(\w+)\)? is not a constructor$/

/**
 * Returns advice on the entry of Sounder that exports a name, if a program failed because it imports the name from
 * another entry, or not at all; `undefined` for any other error.
 *
 * @param path the path of the program
 */
export function importAdvice(error: unknown, path: string): string | undefined {
  const text = errorText(error)
  const file = failedFile(error) ?? path
  const [, entry, name] = missingExport.exec(text) ?? []
  if (entry !== undefined && name !== undefined)
    return placesText(name, placesOf(name), file, entry) ?? similarText(name, entry)
  const [, subpath] = missingEntry.exec(text) ?? []
  if (subpath !== undefined) return entryText(`sounder${subpath}`, file)
  if (!["ReferenceError", "TypeError"].includes(errorName(error))) return undefined
  const [, undefinedName, noConstructor] = missingName.exec(text) ?? []
  const missing = undefinedName ?? noConstructor ?? ""
  const values = placesOf(missing).filter(({ isType }) => !isType)
  return placesText(missing, values, file)
}

/**
 * Returns the import of a name; `undefined` without a place of the name.
 *
 * @param file the source file with the import
 * @param entry the entry that does not export the name as a value
 */
function placesText(
  name: string,
  places: readonly EntryName[],
  file: string,
  entry?: string,
): string | undefined {
  const [place] = places
  if (place === undefined) return undefined
  const load = places.map((one) => loadOf(one, file)).join(" or ")
  if (place.member !== undefined)
    return `${name} is a member of ${place.name}: write ${load}, and \`${place.name}.${name}\``
  if (place.isType && places.some((one) => one.entry === entry))
    return `${name} is a type: write ${load}`
  const entries = places.map((one) => one.entry).join(" and ")
  return `${name} is exported by ${entries}: write ${load}`
}

/** Returns the most similar name, of the same entry if it has one; `undefined` without such a name. */
function similarText(name: string, entry: string): string | undefined {
  const all = entryNames().filter(({ member }) => member === undefined)
  const ofEntry = all.filter((one) => one.entry === entry)
  for (const known of [ofEntry, all]) {
    const names = known.map((one) => one.name)
    const similar = similarName(name, names)
    const [place] = similar === undefined ? [] : placesOf(similar)
    if (place !== undefined) return `Did you mean ${place.name} of ${place.entry}?`
  }
  return undefined
}

/** Returns advice on an entry that does not exist: the entries of the names that a program imports from it. */
function entryText(entry: string, file: string): string {
  const advice = namesFrom(entry, file).flatMap(
    (name) => placesText(name, placesOf(name), file) ?? [],
  )
  if (advice.length > 0) return advice.join("\n")
  const entries = [...new Set(entryNames().map((one) => one.entry))]
  const similar = similarName(entry, entries)
  return similar === undefined
    ? `Sounder has the entries ${entries.join(", ")}`
    : `Did you mean ${similar}?`
}

/** Returns the statement that loads a name, in the form that fits a source file. */
function loadOf({ name, entry, isType }: EntryName, file: string): string {
  const isCommonJs = !isType && /\brequire\s*\(/.test(programSource(file))
  return isCommonJs
    ? `\`const { ${name} } = require("${entry}")\``
    : `\`import ${isType ? "type " : ""}{ ${name} } from "${entry}"\``
}

/**
 * Returns the entries that export a name: the entry `sounder` alone if it is among them, and entries that export the name
 * as a member of a namespace only if no other entry has it.
 */
function placesOf(name: string): EntryName[] {
  const all = entryNames()
  const own = all.filter((one) => one.member === undefined && one.name === name)
  const places = own.length > 0 ? own : all.filter((one) => one.member === name)
  const everyday = places.filter(({ entry }) => entry === "sounder")
  return everyday.length > 0 ? everyday : places
}

/** Returns the names that a file imports from an entry. */
function namesFrom(entry: string, file: string): string[] {
  const source = programSource(file)
  const lists = [
    ...source.matchAll(/\bimport\s+(?:type\s+)?\{([^}]*)\}\s*from\s*["']([^"']+)["']/g),
    ...source.matchAll(/\{([^}]*)\}\s*=\s*require\(\s*["']([^"']+)["']\s*\)/g),
  ]
  return lists
    .filter(([, , from]) => from === entry)
    .flatMap(([, list = ""]) => list.split(","))
    .map((text) => /^(?:type\s+)?(\w+)/.exec(text.trim())?.[1] ?? "")
    .filter((name) => name !== "")
}
