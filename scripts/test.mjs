/**
 * `npm test`: installs and builds what is needed, runs every test (arguments go to vitest, as in
 * `npm test -- test/queue`), says what was skipped and why, and ends with `N passed, N failed`.
 * With `CI=true` a server that is missing is a failure instead of a skip.
 */
import { spawn } from "node:child_process"
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { prepare, root } from "./prepare.mjs"

let isReported = false
process.once("exit", () => {
  if (!isReported) console.log("0 passed, 1 failed")
})

prepare()
const folder = mkdtempSync(join(tmpdir(), "sounder-test-"))
const tallyFile = join(folder, "tally.json")
const status = await runVitest()
const tally = existsSync(tallyFile)
  ? JSON.parse(readFileSync(tallyFile, "utf8"))
  : { passed: 0, failed: 0, skipped: [] }
rmSync(folder, { recursive: true, force: true })
report()

function runVitest() {
  const vitest = join(root, "node_modules", "vitest", "vitest.mjs")
  const reporters = ["--reporter=default", "--reporter=./test/support/tally-reporter.ts"]
  const child = spawn(
    process.execPath,
    [vitest, "run", "--typecheck", ...reporters, ...process.argv.slice(2)],
    { cwd: root, stdio: "inherit", env: { ...process.env, SOUNDER_TALLY: tallyFile } },
  )
  // Ctrl-C reaches vitest too; what remains here is to wait for it and to report.
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
