/**
 * Writes `src/bot/method-names.generated.ts`, the names of the Bot API's methods for use at run
 * time, and `src/bot/method-parameters.generated.ts`, the methods that have certain parameters, from the types of
 * `@grammyjs/types` and `src/telegram/newer.ts`. Run it after an update of that package or a
 * change of that file.
 */
import { readFileSync, writeFileSync } from "node:fs"
import { createRequire } from "node:module"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"

const target = fileURLToPath(new URL("../src/bot/method-names.generated.ts", import.meta.url))
const parametersTarget = fileURLToPath(
  new URL("../src/bot/method-parameters.generated.ts", import.meta.url),
)

/** The parameters whose methods are listed: entities, and parameters with a default. */
const listedParameters = [
  "entities",
  "caption_entities",
  "description_entities",
  "explanation_entities",
  "question_entities",
  "text_entities",
  "parse_mode",
  "description_parse_mode",
  "explanation_parse_mode",
  "question_parse_mode",
  "text_parse_mode",
  "allow_paid_broadcast",
  "disable_notification",
  "link_preview_options",
  "protect_content",
  "reply_parameters",
  "show_caption_above_media",
]

/** Returns the methods that only `src/telegram/newer.ts` declares. */
function readNewer() {
  const text = readFileSync(new URL("../src/telegram/newer.ts", import.meta.url), "utf8")
  const body = text.slice(text.indexOf("export type NewerMethods = {"))
  const names = Array.from(body.matchAll(/^ {2}(\w+)\(/gm), ([, name]) => name)
  return names.map((name) => ({ name, alias: undefined, takesParameters: true }))
}

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
  const methods = [...parseMethods(declarations), ...readNewer()]
  return [
    "// Written by scripts/generate-methods.mjs from @grammyjs/types and newer.ts. Do not edit.\n",
    list("methodNames", "Every method of the Bot API, as Telegram spells it.", methods),
    list("parameterlessMethods", "The methods that take no parameters.", parameterless(methods)),
  ].join("\n")
}

/** Returns the methods of `ApiMethods` by name, each with its parameters. */
function parametersByMethod(declarations) {
  const text = declarations.replaceAll(/\/\*[\s\S]*?\*\//g, "")
  const start = text.indexOf("export type ApiMethods<F> = {\n")
  const body = text.slice(start, text.indexOf("\n};", start))
  const found = new Map()
  for (const member of body.split(/^(?= {4}\w)/m).slice(1)) {
    const [, name = "", alias] = /^ {4}(\w+)(?:: ApiMethods<F>\["(\w+)"\])?/.exec(member) ?? []
    const own = Array.from(member.matchAll(/^ {8}(\w+)\??:/gm), ([, parameter]) => parameter)
    found.set(name, alias ?? own)
  }
  const resolved = (value) => (Array.isArray(value) ? value : found.get(value))
  return new Map([...found].map(([name, value]) => [name, resolved(value)]))
}

/** Returns the methods of `src/telegram/newer.ts`, each with its parameters. */
function newerParameters() {
  const text = readFileSync(new URL("../src/telegram/newer.ts", import.meta.url), "utf8")
  const names = (body, indentation) =>
    Array.from(body.matchAll(new RegExp(`^ {${indentation}}(\\w+)\\??:`, "gm")), ([, name]) => name)
  const shared = (name) => names(text.split(`interface ${name} {`)[1].split("\n}")[0], 2)
  const body = text.slice(text.indexOf("export type NewerMethods = {"))
  return body
    .split(/^(?= {2}\w+\()/m)
    .slice(1)
    .map((member) => {
      const [, name, base] = /^ {2}(\w+)\(\s*args: (?:(\w+) & )?/.exec(member)
      return [name, [...(base ? shared(base) : []), ...names(member, "4,6")]]
    })
}

/** Returns the text of the generated file of parameters. */
export function generateMethodParameters(declarations = readDeclarations()) {
  const methods = [...parametersByMethod(declarations), ...newerParameters()]
  const lines = listedParameters.flatMap((parameter) => {
    const having = methods.filter(([, parameters]) => parameters.includes(parameter))
    return [`  ${parameter}:`, `    "${having.map(([name]) => name).join(" ")}",`]
  })
  return [
    "// Written by scripts/generate-methods.mjs from @grammyjs/types and newer.ts. Do not edit.\n",
    "/** The methods that have a parameter, by the name of the parameter. */",
    "export const methodsByParameter = {",
    ...lines,
    "} as const",
    "",
  ].join("\n")
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(target, generateMethods())
  writeFileSync(parametersTarget, generateMethodParameters())
}
