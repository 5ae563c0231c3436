import { existsSync } from "node:fs"
import { BaseSequencer, type TestSpecification } from "vitest/node"

/**
 * The files that take longest, most of them because they wait. A run that begins one of them late waits for it at
 * its end, with nothing else to do.
 */
const longFiles = [
  "test/examples/bots.test.ts",
  "test/cli/new-project.test.ts",
  "simulator/test/page/chromium.test.ts",
  "test/recipes/runtimes.test.ts",
  "test/queue/postgres/cost.test.ts",
  "test/queue/postgres/faults.test.ts",
  "test/queue/postgres/leases.test.ts",
  "test/queue/postgres/kills.test.ts",
  "test/queue/postgres/other-nodes.test.ts",
  "test/queue/postgres/any-state.test.ts",
  "test/queue/postgres/postgres-queue-model.test.ts",
  "test/queue/sqlite/kills.test.ts",
  "test/queue/sqlite/other-nodes.test.ts",
  "test/queue/sqlite/sqlite-queue-model.test.ts",
  "test/site/site.test.ts",
  "simulator/test/page/wire-in-chromium.test.ts",
] as const

/** An order of test files that begins with the longest, also where no earlier run has measured them. */
export class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const gone = longFiles.find((name) => !existsSync(`${this.ctx.config.root}/${name}`))
    if (gone !== undefined)
      throw new Error(`${gone} does not exist: change test/support/long-first.ts`)
    const sorted = await super.sort(files)
    return sorted.toSorted((one, other) => place(one) - place(other))
  }
}

function place({ moduleId }: TestSpecification): number {
  const index = longFiles.findIndex((name) => moduleId.endsWith(`/${name}`))
  return index === -1 ? longFiles.length : index
}
