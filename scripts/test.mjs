/**
 * `npm test`: installs and builds the packages if needed, runs every test (arguments go to vitest,
 * as in `npm test -- test/queue`), lists skipped tests with the reason, and ends with `N passed, N
 * failed`. With `CI=true` a missing program is a failure instead of a skip.
 *
 * `npm run test:bare`: runs the tests that use optional programs, such as haproxy or PostgreSQL, as
 * on a machine without them.
 */
import { spawn } from "node:child_process"
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { prepare, root } from "./prepare.mjs"
import { folderWithoutPrograms } from "./program-folder.mjs"

let isReported = false
process.once("exit", () => {
  if (!isReported) console.log("0 passed, 1 failed")
})

prepare()
const isBare = process.argv.includes("--bare")
const folder = mkdtempSync(join(tmpdir(), "sounder-test-"))
const tallyFile = join(folder, "tally.json")
const status = await (isBare
  ? runBare()
  : runVitest(["run", "--typecheck", ...process.argv.slice(2)]))
const tally = existsSync(tallyFile)
  ? JSON.parse(readFileSync(tallyFile, "utf8"))
  : { passed: 0, failed: 0, skipped: [] }
rmSync(folder, { recursive: true, force: true })
report()

async function runBare() {
  const programs = folderWithoutPrograms()
  const environment = { PATH: programs, SOUNDER_HIDE_PROGRAMS: "true", CI: "" }
  try {
    return await runVitest(["related", "--run", "test/support/real-servers.ts"], environment)
  } finally {
    rmSync(programs, { recursive: true })
  }
}

function runVitest(args, environment = {}) {
  const vitest = join(root, "node_modules", "vitest", "vitest.mjs")
  const reporters = [
    "--reporter=default",
    "--reporter=./test/support/tally-reporter.ts",
    "--reporter=./test/support/standstill-reporter.ts",
  ]
  const child = spawn(process.execPath, [vitest, ...args, ...reporters], {
    cwd: root,
    stdio: "inherit",
    env: { ...process.env, ...environment, SOUNDER_TALLY: tallyFile },
  })
  // Ctrl-C also reaches vitest; this process waits for it and reports.
  process.on("SIGINT", () => {})
  process.on("SIGTERM", () => child.kill("SIGTERM"))
  return new Promise((resolve) => child.once("close", (code) => resolve(code ?? 1)))
}

function report() {
  isReported = true
  for (const { name, reason } of tally.skipped) console.log(`skipped: ${name}: ${reason}`)
  const ranNothing = tally.passed + tally.failed === 0
  if (ranNothing) console.log("No test ran, and that is a failure.")
  if (status !== 0 && tally.failed === 0) tally.failed = 1
  console.log(`${tally.passed} passed, ${tally.failed} failed`)
  process.exitCode = ranNothing || tally.failed > 0 ? 1 : 0
}
