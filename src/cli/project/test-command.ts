import { spawn } from "node:child_process"
import { once } from "node:events"
import { readdirSync } from "node:fs"
import { join, resolve } from "node:path"
import { Command } from "commander"
import { ExitError } from "../exit-error.js"
import { isTypeScript, typeScriptModule } from "./type-script.js"

/** The names of test files, such as `handlers.test.ts`, `handlers-test.js`, `test-handlers.mjs` and `test.ts`. */
const testFile = /(?:^|[._-])test\.[cm]?[jt]s$|^test-.+\.[cm]?[jt]s$/

/** Folders without tests of the project. */
const ignored = /^(?:\..*|node_modules|dist|build|coverage)$/

/** `sounder test`: runs the tests of a project in TypeScript, for which Node 20 has no patterns. */
export function testCommand(): Command {
  return new Command("test")
    .summary("run the tests of a project, TypeScript included")
    .description(
      "Runs test files with the test runner of Node, TypeScript included: by default the files in this folder and " +
        "below it with names such as bot.test.ts or bot.test.js.",
    )
    .argument("[files...]", "the test files")
    .action(async (given: readonly string[]) => {
      const files = given.length > 0 ? given : testFiles(".")
      if (files.length === 0)
        throw new ExitError(1, "This folder has no test file, such as bot.test.ts or bot.test.js")
      await runTests(files)
    })
}

async function runTests(files: readonly string[]): Promise<void> {
  const typed = files.find(isTypeScript)
  const module = typed === undefined ? undefined : typeScriptModule(resolve(typed))
  const imported = module === undefined ? [] : ["--import", module]
  const args = [...imported, "--test", ...files]
  const runner = spawn(process.execPath, args, { stdio: "inherit" })
  // Ctrl+C reaches the runner, too, which prints its results before it ends.
  const wait = () => {}
  process.on("SIGINT", wait)
  try {
    // The arguments of the event `close`; the types of `once` do not state them.
    const [code] = (await once(runner, "close")) as [number | null]
    if (code !== 0) throw new ExitError(1)
  } finally {
    process.off("SIGINT", wait)
  }
}

/** Returns the test files in a folder and in the folders below it, in the order of their names. */
function testFiles(folder: string): string[] {
  const entries = readdirSync(folder, { withFileTypes: true })
  return entries
    .sort((one, other) => (one.name < other.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name)
      if (entry.isDirectory()) return ignored.test(entry.name) ? [] : testFiles(path)
      return testFile.test(entry.name) ? [path] : []
    })
}
