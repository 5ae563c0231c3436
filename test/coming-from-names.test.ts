import { readdirSync, readFileSync } from "node:fs"
import { beforeAll, describe, expect, test } from "vitest"
import { type CommandContext, filters, InputFile, Updater } from "../src/index.js"

/** The public names of each path that a program can import. */
type Paths = Readonly<Record<string, { readonly values: readonly string[] }>>

const guides = readdirSync("docs/guides").filter((name) => name.startsWith("from-"))

/** Properties that only a kind of handler has. */
const ofSomeHandlers = ["match", "dialog", "cart"]

/** Returns the parts in code style of the last column of the tables of names, each once. */
function namesOf(guide: string): string[] {
  const text = readFileSync(`docs/guides/${guide}`, "utf8")
  const [, names = ""] = /^## Names\n(.*?)^## /ms.exec(text) ?? []
  const cells = [...names.matchAll(/^\|.*\| (.+) \|$/gm)].map(([, cell = ""]) => cell)
  return [...new Set(cells.flatMap((cell) => cell.match(/`[^`]+`/g) ?? []))]
}

let objects: Readonly<Record<string, object>>
let functions: ReadonlySet<string>

beforeAll(async () => {
  const updater = new Updater({ token: "123456:letters" })
  const { bot, dispatcher } = updater
  let context: CommandContext | undefined
  dispatcher.command("start", (ctx) => void (context = ctx))
  const chat = { id: 7, type: "private" as const, first_name: "Ada" }
  const message = { message_id: 1, date: 1, chat, from: { ...chat, is_bot: false } }
  const entities = [{ type: "bot_command" as const, offset: 0, length: 6 }]
  await dispatcher.process({ update_id: 1, message: { ...message, text: "/start", entities } })
  const ctx = context ?? expect.fail("The handler was not called")
  const registration = dispatcher.on(filters.text, () => {})
  objects = {
    ctx,
    "ctx.bot": bot,
    bot,
    "updater.bot": bot,
    updater,
    dispatcher,
    router: dispatcher,
    filters,
    InputFile,
    registration,
  }
  const names = JSON.parse(readFileSync("test/public-names.snapshot.json", "utf8")) as Paths
  functions = new Set(Object.values(names).flatMap(({ values }) => values))
  await updater[Symbol.asyncDispose]()
})

describe.each(guides)("the table of %s names", (guide) => {
  test("only properties that are there", () => {
    const used = namesOf(guide).flatMap((code) => [
      ...code.matchAll(
        /(?<![\w.])((?:ctx|updater)\.bot|ctx|bot|updater|dispatcher|router|filters|InputFile|registration)\.(\w+)/g,
      ),
    ])
    expect(used.length).toBeGreaterThan(20)
    const missing = used
      .filter(([, object = "", name = ""]) => !(name in (objects[object] ?? {})))
      .filter(([, object, name = ""]) => object !== "ctx" || !ofSomeHandlers.includes(name))
    expect(missing.map(([text]) => text)).toEqual([])
  })

  test("only functions that are there", () => {
    const used = namesOf(guide).flatMap((code) => /^`(?:new )?(\w+)\(/.exec(code)?.[1] ?? [])
    const missing = used.filter((name) => {
      const { dispatcher = {}, updater = {} } = objects
      return !functions.has(name) && !(name in dispatcher) && !(name in updater)
    })
    expect(missing).toEqual([])
  })
})
