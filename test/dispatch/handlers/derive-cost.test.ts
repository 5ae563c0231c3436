import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterAll, beforeAll, expect, test } from "vitest"
import { built, finished, packageFolder } from "../../support/built.js"

const handlers = 100
let folder = ""

beforeAll(async () => {
  await built()
  // Inside the package, so that `import "sounder"` resolves to the built package.
  folder = mkdtempSync(join(packageFolder, ".derive-cost-"))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Returns a program with 100 handlers behind some derivations. */
function programWith(derivations: number): string {
  const derived = Array.from(
    { length: derivations },
    (_, n) => `.derive(async (ctx) => ({ value${n}: { of: ctx.from?.id, n: ${n} } }))`,
  )
  const uses = Array.from({ length: derivations }, (_, n) => `ctx.value${n}.n`).join(", ")
  const lines = Array.from({ length: handlers / 2 }, (_, n) => [
    `app.command("c${n}", (ctx) => ctx.reply([ctx.command, ${uses}].join()))`,
    `app.on(filters.text, (ctx) => ctx.reply([ctx.message.text, ${uses}].join()))`,
  ])
  return [
    `import { Dispatcher, filters, Bot } from "sounder"`,
    `const app = new Dispatcher({ bot: new Bot("1:a") })${derived.join("")}`,
    ...lines.flat(),
  ].join("\n")
}

/** Resolves with the number of types that the compiler instantiates for a program. Fails if it does not compile. */
async function instantiationsOf(program: string): Promise<number> {
  writeFileSync(join(folder, "bot.ts"), program)
  const compilerOptions = {
    ...{ module: "nodenext", target: "es2023", strict: true, noEmit: true },
    ...{ skipLibCheck: true, types: ["node"] },
  }
  writeFileSync(
    join(folder, "tsconfig.json"),
    JSON.stringify({ compilerOptions, files: ["bot.ts"] }),
  )
  const tsc = `${packageFolder}node_modules/typescript/bin/tsc`
  const args = [tsc, "--pretty", "false", "--extendedDiagnostics", "-p", "tsconfig.json"]
  const { status, output } = await finished(process.execPath, args, folder)
  expect(output).toContain("Instantiations:")
  expect(status, output).toBe(0)
  return Number(/Instantiations:\s+(\d+)/.exec(output)?.[1])
}

test("five derivations before 100 handlers cost the compiler less than half as much again", async () => {
  const without = await instantiationsOf(programWith(0))
  const withFive = await instantiationsOf(programWith(5))
  expect(without).toBeGreaterThan(1_000)
  expect(withFive).toBeGreaterThan(without)
  expect(withFive / without).toBeLessThan(1.5)
})
