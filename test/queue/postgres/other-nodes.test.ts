import { fileURLToPath } from "node:url"
import { beforeAll, describe, expect, test } from "vitest"
import { built, finished, packageFolder } from "../../support/built.js"
import { nodeOf } from "../../support/other-node.js"
import { withPostgres, stageOfFile } from "../../support/postgres-stage.js"

const program = fileURLToPath(new URL("programs/behaviours.mjs", import.meta.url))

/** The output of the program. */
interface Outcome {
  readonly node: string
  readonly run: number
  readonly failures: readonly string[]
}

describe("a PostgresQueue does what every queue has to do", withPostgres, () => {
  const stage = stageOfFile()

  beforeAll(built)

  async function outcome(node: string): Promise<Outcome> {
    const { output } = await finished(node, [program, stage.server.url], packageFolder)
    const line = output.split("\n").find((one) => one.startsWith("{"))
    if (line === undefined) throw new Error(output)
    // the program's own JSON
    return JSON.parse(line) as Outcome
  }

  test("on this Node", { timeout: 300_000 }, async () => {
    const { run, failures } = await outcome(process.execPath)
    expect(failures).toEqual([])
    expect(run).toBeGreaterThan(30)
  })

  test.for(["22", "24"])("on Node %s", { timeout: 300_000 }, async (major, context) => {
    const node = await nodeOf(major)
    if (node === undefined) return context.skip(`needs Node ${major}, which npx could not download`)
    const found = await outcome(node)
    expect(found.node.split(".")[0]).toBe(major)
    expect(found.failures).toEqual([])
    expect(found.run).toBeGreaterThan(30)
  })
})
