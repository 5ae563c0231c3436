import { execFileSync } from "node:child_process"
import type { Reporter, TestModule } from "vitest/node"

/** The time without the end of a test after which a run is given up, in milliseconds: longer than any test may take. */
const limitMs = Number(process.env.SOUNDER_STANDSTILL_MS ?? 15 * 60_000)

/**
 * Ends a run in which no test ends any more, and names the files that run. The time limits of tests cannot end a test
 * file whose event loop is blocked, for example by a loop of promises that never waits.
 */
export default class StandstillReporter implements Reporter {
  readonly #running = new Set<TestModule>()
  #timer: NodeJS.Timeout | undefined

  onTestModuleQueued(): void {
    this.#goesOn()
  }

  onTestModuleStart(module: TestModule): void {
    this.#running.add(module)
    this.#goesOn()
  }

  onTestCaseResult(): void {
    this.#goesOn()
  }

  onTestModuleEnd(module: TestModule): void {
    this.#running.delete(module)
    this.#goesOn()
  }

  onTestRunEnd(): void {
    clearTimeout(this.#timer)
  }

  #goesOn(): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#giveUp(), limitMs)
  }

  #giveUp(): void {
    const names = [...this.#running].map(({ relativeModuleId }) => relativeModuleId)
    console.error(`No test has ended for ${limitMs / 1_000} s. Running: ${names.join(", ")}`)
    for (const pid of children()) process.kill(pid, "SIGKILL")
    process.exit(1)
  }
}

/** Returns the ids of the processes of the test files; none where `ps` does not know them. */
function children(): number[] {
  try {
    const ids = execFileSync("ps", ["-o", "pid=", "--ppid", String(process.pid)], {
      encoding: "utf8",
    })
    // `ps` itself is in the list, and has ended.
    return ids.trim().split(/\s+/).map(Number).filter(isAlive)
  } catch {
    return []
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
