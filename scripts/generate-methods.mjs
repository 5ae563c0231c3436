/**
 * Writes `src/bot/method-names.generated.ts`, the names of the Bot API's methods for use at run
 * time, from the types of `@grammyjs/types`. Run it after an update of that package.
 */
import { readFileSync, writeFileSync } from "node:fs"
import { createRequire } from "node:module"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"

const target = fileURLToPath(new URL("../src/bot/method-names.generated.ts", import.meta.url))

/** Returns the declarations of the Bot API's methods. */
function readDeclarations() {
  const types = createRequire(import.meta.url).resolve("@grammyjs/types/package.json")
  return readFileSync(join(dirname(types), "methods.d.ts"), "utf8")
}

/**
 * Returns the members of `ApiMethods`: each with its name and, for an alias, the aliased method.
 */
function parseMethods(declarations) {
  const text = declarations.replaceAll(/\/\*[\s\S]*?\*\//g, "")
  const start = text.indexOf("export type ApiMethods<F> = {\n")
  const body = text.slice(start, text.indexOf("\n};", start))
  const member = /^ {4}(\w+)(?:\((args)?|: ApiMethods<F>\["(\w+)"\])/gm
  return Array.from(body.matchAll(member), ([, name, parameters, alias]) => ({
    name,
    alias,
    takesParameters: parameters !== undefined,
  }))
}

/** Returns the methods without parameters, aliases included. */
function parameterless(methods) {
  const byName = new Map(methods.map((method) => [method.name, method]))
  return methods.filter(({ name, alias }) => !byName.get(alias ?? name).takesParameters)
}

function list(name, comment, methods) {
  const lines = methods.map((method) => `  "${method.name}",`)
  return [`/** ${comment} */`, `export const ${name} = [`, ...lines, "] as const", ""].join("\n")
}

/** Returns the text of the generated file. */
export function generateMethods(declarations = readDeclarations()) {
  const methods = parseMethods(declarations)
  return [
    "// Written by scripts/generate-methods.mjs from @grammyjs/types. Do not edit.\n",
    list("methodNames", "Every method of the Bot API, as Telegram spells it.", methods),
    list("parameterlessMethods", "The methods that take no parameters.", parameterless(methods)),
  ].join("\n")
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(target, generateMethods())
