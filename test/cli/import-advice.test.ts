import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { beforeAll, expect, test } from "vitest"
import { entryNames } from "../../src/cli/project/entry-names.js"
import { built, finished, packageFolder } from "../support/built.js"
import { temporaryFolder } from "../support/temporary-folder.js"

const folder = temporaryFolder()

beforeAll(async () => {
  await built()
  mkdirSync(join(folder, "node_modules"))
  symlinkSync(packageFolder, join(folder, "node_modules", "sounder"))
})

/** Runs a program of one text with `sounder run`, and with the module that `sounder dev` loads before a bot. */
async function outputs(name: string, text: string): Promise<string[]> {
  writeFileSync(join(folder, name), text)
  const run = ["node_modules/sounder/dist/cli/main.js", "run", name]
  const dev = ["--import", "./node_modules/sounder/dist/cli/project/advice-in-bot.js", name]
  return Promise.all(
    [run, dev].map(async (args) => {
      const { status, output } = await finished(process.execPath, args, folder)
      expect(status, output).toBe(1)
      return output
    }),
  )
}

test("the names that the advice knows are those of the snapshot", () => {
  const snapshot = JSON.parse(readFileSync("test/public-names.snapshot.json", "utf8")) as Record<
    string,
    { values: string[]; types: string[] }
  >
  const known = entryNames()
  for (const [subpath, { values, types }] of Object.entries(snapshot)) {
    if (subpath.startsWith("@")) continue
    const entry = subpath.replace(".", "sounder")
    const full = known
      .filter((one) => one.entry === entry)
      .map(({ name, member, isType }) => [
        member === undefined ? name : `${name}.${member}`,
        isType,
      ])
    const names = full.map(([name]) => name)
    const wanted = [...values, ...types].filter((name) => !name.startsWith("* from"))
    expect(names, entry).toEqual(expect.arrayContaining(wanted))
    const ofKind = (kind: boolean) =>
      full.filter(([, isType]) => isType === kind).map(([name]) => name)
    expect(ofKind(true), entry).not.toEqual(expect.arrayContaining(values.slice(0, 1)))
    expect(ofKind(false), entry).toEqual(expect.arrayContaining(values))
  }
})

const start = "SqliteQueue is exported by sounder/sqlite: write "
const sqlite = `${start}\`import { SqliteQueue } from "sounder/sqlite"\``
const required = `${start}\`const { SqliteQueue } = require("sounder/sqlite")\``

test.each([
  ["another entry", "a.mjs", `import { SqliteQueue, Updater } from "sounder"`, sqlite],
  ["an entry that does not exist", "b.mjs", `import { SqliteQueue } from "sounder/queue"`, sqlite],
  [
    "such an entry, in CommonJS",
    "c.cjs",
    `const { SqliteQueue } = require("sounder/queue")`,
    required,
  ],
  [
    "another entry, in CommonJS",
    "d.cjs",
    `const { SqliteQueue } = require("sounder")\nnew SqliteQueue({ path: "x.db" })`,
    required,
  ],
  ["no entry", "e.mjs", `new SqliteQueue({ path: "x.db" })`, sqlite],
  [
    "a misspelt entry",
    "f.mjs",
    `import * as queues from "sounder/sqlte"`,
    "Did you mean sounder/sqlite?",
  ],
  [
    "several entries",
    "g.mjs",
    `import { receive } from "sounder"`,
    'receive is exported by sounder/grammy and sounder/telegraf: write `import { receive } from "sounder/grammy"` or `import { receive } from "sounder/telegraf"`',
  ],
  [
    "a misspelt name",
    "h.mjs",
    `import { SQliteQueu } from "sounder/sqlite"`,
    "Did you mean SqliteQueue of sounder/sqlite?",
  ],
  [
    "a name of a namespace",
    "i.mjs",
    `import { SounderError } from "sounder"`,
    'SounderError is a member of errors: write `import { errors } from "sounder"`, and `errors.SounderError`',
  ],
])("a name that a program imports from %s", async (_, name, text, advice) => {
  for (const output of await outputs(name, `${text}\n`)) {
    expect(output).toContain(`\n\n${advice}`)
    expect(output).toContain(name)
    expect(output).not.toContain("node:internal")
    expect(output.split("\n").length).toBeLessThan(8)
  }
})

test("errors of the program itself have no such advice", async () => {
  for (const text of ["missing()", "new (class {}).Nothing()", `import { nothing } from "node:fs"`])
    for (const output of await outputs("own.mjs", `${text}\n`))
      expect(output).not.toContain("sounder/")
})
