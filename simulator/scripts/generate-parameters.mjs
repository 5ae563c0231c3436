/**
 * Writes `src/methods/parameters.generated.ts`: every method of the Bot API with its parameters, read
 * from the types of `@grammyjs/types`. Run it after an update of that package.
 */
import { readFileSync, writeFileSync } from "node:fs"
import { createRequire } from "node:module"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"

const target = fileURLToPath(new URL("../src/methods/parameters.generated.ts", import.meta.url))

/** Reads declarations of `@grammyjs/types`, without their comments. */
export function declarations(name) {
  const types = createRequire(import.meta.url).resolve("@grammyjs/types/package.json")
  const text = readFileSync(join(dirname(types), name), "utf8")
  return text.replaceAll(/\/\*[\s\S]*?\*\//g, "")
}

/** Returns the methods of `ApiMethods`, each with its parameters. */
function parametersByMethod(text) {
  const start = text.indexOf("export type ApiMethods<F> = {\n")
  const body = text.slice(start, text.indexOf("\n};", start))
  const found = new Map()
  for (const member of body.split(/^(?= {4}\w)/m).slice(1)) {
    const [, name = "", alias] = /^ {4}(\w+)(?:: ApiMethods<F>\["(\w+)"\])?/.exec(member) ?? []
    const own = Array.from(member.matchAll(/^ {8}(\w+)\??:/gm), ([, parameter]) => parameter)
    found.set(name, alias ?? [...new Set(own)])
  }
  const resolved = (value) => (Array.isArray(value) ? value : found.get(value))
  return new Map([...found].map(([name, value]) => [name, resolved(value)]))
}

/** Returns the text of the generated file. */
export function generateParameters() {
  const lines = [...parametersByMethod(declarations("methods.d.ts"))].map(
    ([name, parameters]) => `  ${name}: "${parameters.join(" ")}",`,
  )
  return [
    "// Written by scripts/generate-parameters.mjs from @grammyjs/types. Do not edit.\n",
    "/** Every method of the Bot API, as Telegram spells it, with its parameters. */",
    "export const documentedParameters = {",
    ...lines,
    "} as const",
    "",
  ].join("\n")
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(target, generateParameters())
