import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterAll, beforeAll, expect, test } from "vitest"
import { built, compiled, finished, packageFolder } from "../support/built.js"
import { docExamples } from "../support/doc-examples.js"

const codes = docExamples("docs/guides/jobs.md").map(({ code }) => code)
const handlers = codes.find((code) => code.includes("remind.runOnce")) ?? ""
const itsTest = codes.find((code) => code.includes("node:test")) ?? ""
let folder = ""

beforeAll(async () => {
  await built()
  // Inside the package, so that `import "sounder"` resolves to the package itself.
  folder = mkdtempSync(join(packageFolder, ".guide-program-"))
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

test("the guide's test of a reminder passes without a warning, with the handlers of the guide", async () => {
  writeFileSync(join(folder, "handlers.ts"), handlers)
  writeFileSync(join(folder, "handlers.test.ts"), itsTest)
  const compilerOptions = {
    ...{ target: "es2022", module: "nodenext", rewriteRelativeImportExtensions: true },
    ...{ strict: true, skipLibCheck: true, outDir: "out", types: ["node"] },
  }
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions }))
  expect(await compiled(folder)).toEqual({ status: 0, output: "" })
  const args = ["--test", "out/handlers.test.js"]
  const { status, output } = await finished(process.execPath, args, folder)
  expect(status, output).toBe(0)
  expect(output).toContain("the bot reminds after an hour")
  expect(output).not.toContain("Warning")
}, 240_000)
