import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from "node:fs"
import { dirname, join } from "node:path"
import { expect, test } from "vitest"
import { runHere } from "../support/run-here.js"
import { temporaryFolder } from "../support/temporary-folder.js"

const folder = temporaryFolder()

/** Makes a folder with these files. */
function folderWith(files: Readonly<Record<string, string | object>>): string {
  const path = mkdtempSync(join(folder, "project-"))
  for (const [name, contents] of Object.entries(files)) {
    mkdirSync(dirname(join(path, name)), { recursive: true })
    const text = typeof contents === "string" ? contents : JSON.stringify(contents)
    writeFileSync(join(path, name), text)
  }
  return path
}

const init = (path: string, ...flags: string[]) =>
  runHere("init", path, "--yes", "--no-install", ...flags)

function packageOf(path: string): Record<string, Record<string, string> | string> {
  return JSON.parse(readFileSync(join(path, "package.json"), "utf8")) as ReturnType<
    typeof packageOf
  >
}

const grammy = { dependencies: { grammy: "^1.46.0" } }

test.each([
  ["bot.mjs", { "bot.mjs": "" }],
  ["bot.cjs", { "bot.cjs": "", "package.json": { type: "commonjs" } }],
  ["src/bot.ts", { "src/bot.ts": "", "package.json": { type: "commonjs" } }],
  ["server.js", { "server.js": "", "package.json": { main: "server.js", ...grammy } }],
  [
    "app/run.js",
    { "app/run.js": "", "package.json": { scripts: { start: "node ./app/run.js" }, ...grammy } },
  ],
  [
    "src/start.ts",
    {
      "src/start.ts": "",
      "dist/start.js": "",
      "package.json": { main: "dist/start.js", ...grammy },
    },
  ],
  ["index.js", { "index.js": "", "package.json": grammy }],
])("a project keeps its program %s, and gets the parts that it lacks", async (program, files) => {
  const path = folderWith(files)
  const before = files as Readonly<Record<string, { type?: string }>>
  const { status, printed, complaint } = await init(path)
  expect({ status, complaint }).toEqual({ status: 0, complaint: "" })
  expect(readFileSync(join(path, program), "utf8")).toBe("")
  expect(readdirSync(path)).toEqual(expect.arrayContaining([".env.example", ".gitignore"]))
  expect(readdirSync(path).join()).not.toContain("handlers")
  const { type, scripts, dependencies } = packageOf(path)
  expect(type).toBe(before["package.json"]?.type)
  expect(scripts).toMatchObject({ dev: `sounder dev ${program}` })
  expect(dependencies).toHaveProperty("sounder")
  expect(printed).toContain(`${program} stays as it is.`)
})

test("scripts of the user stay, and the commands in place of them are printed", async () => {
  const scripts = { start: "node bot.mjs", dev: "vite" }
  const path = folderWith({ "bot.mjs": "", "package.json": { scripts } })
  const { printed } = await init(path)
  expect(packageOf(path)["scripts"]).toEqual(scripts)
  expect(printed).toMatch(/^ {2}npx sounder dev bot\.mjs {2,}/m)
  expect(printed).toMatch(/^ {2}npx sounder run bot\.mjs {2,}/m)
  expect(printed).not.toMatch(/npm (start|run dev|test)/)
})

test.each([
  [
    { "index.js": "", "package.json": { main: "index.js" } },
    "package.json starts index.js. If this is your bot",
  ],
  [{ "package.json": grammy }, "depends on grammy, and its bot was not found"],
  [{ "bot.mjs": "", "src/bot.ts": "" }, "bot.mjs and src/bot.ts may be the bot"],
  [{ "package.json": "{" }, "package.json is not valid: "],
  [{ "package.json": "3" }, "package.json contains no object"],
])("a project that cannot be judged stays as it is: %j", async (files, reason) => {
  const path = folderWith(files)
  const { status, complaint } = await init(path)
  expect(status).toBe(1)
  expect(complaint).toContain(reason)
  expect(complaint).toContain("No file was written")
  expect(readdirSync(path)).toEqual(readdirSync(folderWith(files)))
})

test("--program names the program of the bot", async () => {
  const path = folderWith({ "index.js": "", "package.json": { main: "index.js" } })
  expect(await init(path, "--program", "index.js")).toMatchObject({ status: 0 })
  expect(packageOf(path)["scripts"]).toMatchObject({ dev: "sounder dev index.js" })
  const missing = await init(path, "--program", "none.js")
  expect(missing).toMatchObject({ status: 2 })
  expect(missing.complaint).toContain("--program none.js: no such file")
})

test.each([
  [
    "an ES module",
    "bot.mjs",
    {},
    "  await receive(bot, { queue }).runPolling()",
    "import { receive }",
  ],
  [
    "CommonJS",
    "bot.cjs",
    {},
    "  receive(bot, { queue }).runPolling()",
    "const { receive } = require(",
  ],
  ["TypeScript", "bot.ts", { type: "module" }, "  await receive(bot", "import { receive }"],
])("the change of a grammY bot fits %s", async (_, program, fields, run, load) => {
  const path = folderWith({ [program]: "", "package.json": { ...grammy, ...fields } })
  const { printed } = await init(path)
  expect(printed).toContain(load)
  expect(printed).toContain(`\n${run}`)
})

test("a folder with sources of CommonJS keeps them as such", async () => {
  const path = folderWith({ "lint.js": "module.exports = {}", "package.json": {} })
  await init(path)
  expect(packageOf(path)["type"]).toBeUndefined()
  expect(readdirSync(path)).toEqual(expect.arrayContaining(["bot.mjs", "handlers.test.mjs"]))
})

test("an existing .gitignore stays, and the missing lines are named", async () => {
  const path = folderWith({ ".gitignore": "node_modules\n.env\n" })
  const { printed } = await init(path)
  expect(readFileSync(join(path, ".gitignore"), "utf8")).toBe("node_modules\n.env\n")
  expect(printed).toContain("Add updates.db* to .gitignore")
})

test("the Dockerfile of a project with packages from files copies them, or says where to put them", async () => {
  const withSounder = (file: string) => ({ dependencies: { sounder: file }, scripts: {} })
  const inside = folderWith({ "bot.mjs": "", "package.json": withSounder("file:tarballs/s.tgz") })
  expect((await init(inside, "--docker")).printed).not.toContain("mkdir")
  expect(readFileSync(join(inside, "Dockerfile"), "utf8")).toContain(
    "COPY tarballs ./tarballs\nRUN",
  )

  const outside = folderWith({ "bot.mjs": "", "package.json": withSounder("file:../s.tgz") })
  expect((await init(outside, "--docker")).printed).toContain(
    "  mkdir -p packages && cp ../s.tgz packages/\n  npm install ./packages/s.tgz\n",
  )
  expect(readFileSync(join(outside, "Dockerfile"), "utf8")).toContain("COPY packages ./packages\n")
})

test("without a terminal the answers are those of --yes, and are printed", async () => {
  const asked = await runHere("init", folderWith({}), "--no-install")
  expect(asked.printed).toMatch(
    /^No terminal to ask on\. As with --yes: TypeScript\? Yes\. A Dockerfile\? No\. A systemd unit\? No\.\n/,
  )
  const kept = await runHere("init", folderWith({ "bot.mjs": "" }), "--no-install", "--test")
  expect(kept.printed).toMatch(/^No terminal .*: Keep the bot bot\.mjs, .*\? Yes\.\n/)
  const flags = ["--no-install", "--javascript", "--docker", "--systemd"]
  for (const given of [["--yes", "--no-install"], flags])
    expect((await runHere("init", folderWith({}), ...given)).printed).not.toContain("terminal")
})

test("a test of a bot never opens the queue's file of `npm run dev`", async () => {
  const queue = (path: string) => `new SqliteQueue({ path: ${path} })`
  const refused = folderWith({
    "src/bot.ts": 'import { queue } from "./data/queue.js"\n',
    "src/data/queue.ts": queue('"updates.db"'),
    "other.ts": queue('"other.db"'),
  })
  const before = readdirSync(refused)
  const { status, complaint } = await init(refused, "--test")
  expect(status).toBe(1)
  expect(complaint).toContain("src/data/queue.ts names the file of its queue itself")
  expect(complaint).toContain('Write `path: process.env.UPDATES_FILE ?? "updates.db"`')
  expect(readdirSync(refused)).toEqual(before)

  const free = queue('process.env.UPDATES_FILE ?? "updates.db"')
  const accepted = folderWith({ "bot.ts": free, "other.ts": queue('"other.db"') })
  expect(await init(accepted, "--test")).toMatchObject({ status: 0 })
  const written = readFileSync(join(accepted, "bot.test.mts"), "utf8")
  expect(written).toContain('UPDATES_FILE: join(folder, "updates.db")')
})

test.each([
  [
    "grammy",
    'storage: storage("session")',
    "new Bot(token, { client: { apiRoot } })",
    "import { storage }",
  ],
  [
    "telegraf",
    'store: store("session")',
    "handlerTimeout: Infinity, telegram: { apiRoot }",
    "import { store }",
  ],
])("the change of a bot of %s has its queue, its URL and its sessions", async (name, ...lines) => {
  const path = folderWith({ "bot.mjs": "", "package.json": { dependencies: { [name]: "*" } } })
  const { printed } = await init(path)
  expect(printed).toContain('path: process.env.UPDATES_FILE ?? "updates.db"')
  for (const line of lines) expect(printed).toContain(line)
  const [, guide = ""] = /node_modules\/sounder\/(docs\/\S+)/.exec(printed) ?? []
  expect(existsSync(guide), guide).toBe(true)
})

test("the simulator comes from the file next to that of Sounder", async () => {
  const dependencies = { sounder: "file:packs/sounder-0.1.0.tgz" }
  const packed = folderWith({ "package.json": { dependencies }, "packs/sounder-0.1.0.tgz": "" })
  writeFileSync(join(packed, "packs/sounder-simulator-0.1.0.tgz"), "")
  await init(packed)
  expect(packageOf(packed)["devDependencies"]).toMatchObject({
    "@sounder/simulator": "file:packs/sounder-simulator-0.1.0.tgz",
  })
  const linked = folderWith({ "package.json": { dependencies: { sounder: "file:../sounder" } } })
  await init(linked)
  expect(packageOf(linked)["devDependencies"]).toMatchObject({
    "@sounder/simulator": "file:../sounder/simulator",
  })
})
