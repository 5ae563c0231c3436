import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterAll, beforeAll, expect, test } from "vitest"
import { built, compiled, finished, packageFolder } from "./support/built.js"
import { docExamples } from "./support/doc-examples.js"

const programs = docExamples("docs/guides/first-bot.md").filter(({ language }) => language === "ts")
let folder = ""

beforeAll(async () => {
  await built()
  // Inside the package, so that `import "sounder"` resolves to the package itself.
  folder = mkdtempSync(join(packageFolder, ".first-bot-"))
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

test("the bot of the first guide compiles, and passes the guide's test", async () => {
  expect(programs).toHaveLength(2)
  const [handlers, itsTest] = programs.map(({ code }) => code)
  writeFileSync(join(folder, "handlers.ts"), handlers ?? "")
  writeFileSync(join(folder, "handlers.test.ts"), itsTest ?? "")
  const compilerOptions = {
    target: "es2022",
    module: "nodenext",
    rewriteRelativeImportExtensions: true,
    strict: true,
    outDir: "out",
    types: ["node"],
  }
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions }))
  expect(await compiled(folder)).toEqual({ status: 0, output: "" })
  const { status, output } = await finished(
    process.execPath,
    ["--test", "out/handlers.test.js"],
    folder,
  )
  expect(status, output).toBe(0)
  expect(output).toContain("a press on a button is answered and counted")
})
