import { fileURLToPath } from "node:url"
import { beforeAll, expect, test } from "vitest"
import { built, finished, packageFolder } from "../../support/built.js"
import { nodeOf } from "../../support/other-node.js"

const program = fileURLToPath(new URL("programs/shown-names.mjs", import.meta.url))

beforeAll(built)

test.for(["20", "22", "24"])(
  "on Node %s each name gets its certificate, EC and RSA together, and a challenge its answer",
  { timeout: 300_000 },
  async (major, context) => {
    const node = await nodeOf(major)
    if (node === undefined) return context.skip(`needs Node ${major}, which npx could not download`)
    const { output } = await finished(node, ["--no-warnings", program], packageFolder)
    const line = output.split("\n").find((one) => one.startsWith("{"))
    if (line === undefined) throw new Error(output)
    // the program's own JSON
    const found = JSON.parse(line) as { node: string; shown: [string, string][] }
    expect(found.node.split(".")[0]).toBe(major)
    expect(found.shown).toHaveLength(16)
    for (const [wanted, got] of found.shown) expect(got).toBe(wanted)
  },
)
