import { writeFileSync } from "node:fs"
import type { Reporter, TestCase, TestModule } from "vitest/node"

/** The result of a run: the file that `scripts/test.mjs` reads. */
export interface Tally {
  /** The number of passed tests. */
  passed: number
  /**
   * The number of failures. A file that does not load and an error outside of tests count as one
   * each.
   */
  failed: number
  /** The skipped tests, with their reasons. */
  skipped: { name: string; reason: string }[]
}

/** Counts a run and writes its {@link Tally} to the file that `SOUNDER_TALLY` names. */
export default class TallyReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const file = process.env.SOUNDER_TALLY
    if (file) writeFileSync(file, JSON.stringify(tallyOf(modules, errors.length)))
  }
}

function tallyOf(modules: readonly TestModule[], errorsOutside: number): Tally {
  const tally: Tally = { passed: 0, failed: errorsOutside, skipped: [] }
  for (const module of modules) {
    tally.failed += failuresOutsideTests(module)
    for (const test of module.children.allTests()) count(test, tally)
  }
  return tally
}

/** Returns the number of failed hooks, and of files that do not load. */
function failuresOutsideTests(module: TestModule): number {
  const suites = [...module.children.allSuites()]
  return [module, ...suites].filter((suite) => suite.errors().length > 0).length
}

function count(test: TestCase, tally: Tally): void {
  const result = test.result()
  if (result.state === "passed") tally.passed += 1
  else if (result.state === "failed") tally.failed += 1
  else tally.skipped.push({ name: nameOf(test), reason: reasonOf(test) })
}

function nameOf(test: TestCase): string {
  return `${test.module.relativeModuleId} > ${test.fullName}`
}

function reasonOf(test: TestCase): string {
  const result = test.result()
  if (result.state === "pending") return "the run ended before it"
  if (test.options.mode === "todo") return "still to be written"
  const note = result.state === "skipped" ? result.note : undefined
  return note ?? test.meta().skipReason ?? "no reason given"
}
