import { existsSync, statSync } from "node:fs"
import { join, posix } from "node:path"
import { programSource } from "../program-source.js"

/** The relative path of a module in `import … from`, `import(…)`, `export … from` and `require(…)`. */
const localImport = /(?:\bfrom|\bimport|\brequire)\s*(?:\(\s*)?["'](\.[^"'\n]*)["']/g

const extensions = ["ts", "mts", "cts", "js", "mjs", "cjs"]

/**
 * Returns the texts of a program and of the modules of its project that it imports, by their paths.
 *
 * @param program the path of the program, relative to the folder
 */
export function localSources(folder: string, program: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  const waiting = [posix.normalize(program)]
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (found.has(path)) continue
    const text = programSource(join(folder, path))
    found.set(path, text)
    for (const [, imported = ""] of text.matchAll(localImport)) {
      const target = posix.join(posix.dirname(path), imported)
      const file = possibleFiles(target).find((one) => isFile(join(folder, one)))
      if (file !== undefined) waiting.push(file)
    }
  }
  return found
}

/** Returns the files that an import may mean: TypeScript is imported by the name of its output, or without an ending. */
function possibleFiles(target: string): string[] {
  const stem = target.replace(/\.([cm]?)js$/, "")
  return [
    target,
    ...extensions.flatMap((extension) => [
      `${stem}.${extension}`,
      `${target}.${extension}`,
      `${target}/index.${extension}`,
    ]),
  ]
}

function isFile(path: string): boolean {
  return existsSync(path) && statSync(path).isFile()
}
