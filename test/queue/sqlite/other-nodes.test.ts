import { mkdirSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { beforeAll, expect, test } from "vitest"
import { built, finished, packageFolder } from "../../support/built.js"
import { nodeOf } from "../../support/other-node.js"
import { temporaryFolder } from "../../support/temporary-folder.js"

const program = fileURLToPath(new URL("programs/behaviours.mjs", import.meta.url))
const folder = temporaryFolder()

/** The output of the program. */
interface Outcome {
  readonly node: string
  readonly engine: string
  readonly run: number
  readonly failures: readonly string[]
}

beforeAll(built)

async function outcome(major: string, node: string): Promise<Outcome> {
  const queues = join(folder, major)
  mkdirSync(queues)
  const args = ["--no-warnings", program, queues]
  const { output } = await finished(node, args, packageFolder)
  const line = output.split("\n").find((one) => one.startsWith("{"))
  if (line === undefined) throw new Error(output)
  // the program's own JSON
  return JSON.parse(line) as Outcome
}

test("on this Node a SqliteQueue does what every queue has to do", async () => {
  const { run, failures } = await outcome("this", process.execPath)
  expect(failures).toEqual([])
  expect(run).toBeGreaterThan(30)
})

test.for(["22", "24"])(
  "on Node %s, with the SQLite of Node, a SqliteQueue does what every queue has to do",
  { timeout: 300_000 },
  async (major, context) => {
    const node = await nodeOf(major)
    if (node === undefined) return context.skip(`needs Node ${major}, which npx could not download`)
    const found = await outcome(major, node)
    expect(found.node.split(".")[0]).toBe(major)
    expect(found.engine).toBe("node:sqlite")
    expect(found.failures).toEqual([])
    expect(found.run).toBeGreaterThan(30)
  },
)
