import { readdirSync, readFileSync } from "node:fs"
import { createRequire } from "node:module"
import { dirname, join } from "node:path"
import { expect, test } from "vitest"

const source = readFileSync("src/telegram/newer.ts", "utf8")
const folder = dirname(createRequire(import.meta.url).resolve("@grammyjs/types/package.json"))
const published = readdirSync(folder)
  .filter((name) => name.endsWith(".d.ts"))
  .map((name) => readFileSync(join(folder, name), "utf8"))
  .join("\n")

/** Returns the body of an interface or an object type, without its comments. */
function bodyOf(text: string, declaration: RegExp): string {
  const start = text.search(declaration)
  if (start === -1) return ""
  const rest = text.slice(start)
  return rest.slice(0, /^ {0,2}\}/m.exec(rest)?.index).replaceAll(/\/\*[\s\S]*?\*\//g, "")
}

/** Returns the names of the supplement that a text of `@grammyjs/types` declares. */
function superfluous(types: string): string[] {
  const names = Array.from(
    source.matchAll(/^export (?:interface|type) (\w+)/gm),
    ([, name]) => name,
  )
  const declared = names.filter((name) => new RegExp(`(interface|type) ${name}\\b`).test(types))
  const methods = Array.from(
    source.slice(source.indexOf("export type NewerMethods")).matchAll(/^ {2}(\w+)\(/gm),
    ([, name]) => name as string,
  )
  const called = methods.filter((name) => new RegExp(`^ +${name}[(:]`, "m").test(types))
  const fields = Array.from(
    source.matchAll(/^ {2}interface (\w+) \{\n([\s\S]*?)^ {2}\}/gm),
  ).flatMap(([, name, body = ""]) => {
    const known = bodyOf(types, new RegExp(`interface ${name}\\b[^\\n]*\\{`))
    const added = Array.from(body.matchAll(/^ {4}(\w+)\?:/gm), ([, field]) => field as string)
    return added
      .filter((field) => new RegExp(`^ +${field}\\??:`, "m").test(known))
      .map((field) => `${name}.${field}`)
  })
  return [...declared, ...called, ...fields].filter((name) => name !== undefined)
}

test("@grammyjs/types has nothing of the supplement yet: delete from newer.ts what it has", () => {
  expect(superfluous(published)).toEqual([])
})

test("the test would name a type, a method and a field of the supplement", () => {
  const next = `${published}
export interface WidgetQuery {
    id: string;
}
export type ApiMethods2<F> = {
    /** Answers. */
    answerWidgetQuery(args: {
    }): true;
}`
  expect(superfluous(next)).toEqual(["WidgetQuery", "answerWidgetQuery"])
  const withField = published.replace(
    /(interface Update \{\n)/,
    "$1    widget_query?: WidgetQuery;\n",
  )
  expect(superfluous(withField)).toEqual(["Update.widget_query"])
})
