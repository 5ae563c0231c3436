import { fileURLToPath } from "node:url"
import { beforeAll, expect, test } from "vitest"
import { built, finished, packageFolder } from "../../support/built.js"

const program = fileURLToPath(new URL("programs/shown-names.mjs", import.meta.url))

beforeAll(built)

test.for(["20", "22", "24"])(
  "on Node %s each name gets its certificate, EC and RSA together, and a challenge its answer",
  { timeout: 300_000 },
  async (major, context) => {
    const isThis = process.versions.node.startsWith(`${major}.`)
    const node = isThis ? [process.execPath] : ["npx", "-y", "-p", `node@${major}`, "node"]
    const [file = "", ...args] = node
    const { status } = await finished(file, [...args, "-p", "1"], packageFolder)
    if (status !== 0) return context.skip(`needs Node ${major}, which npx could not download`)
    const { output } = await finished(file, [...args, "--no-warnings", program], packageFolder)
    const line = output.split("\n").find((one) => one.startsWith("{"))
    if (line === undefined) throw new Error(output)
    // the program's own JSON
    const found = JSON.parse(line) as { node: string; shown: [string, string][] }
    expect(found.node.split(".")[0]).toBe(major)
    expect(found.shown).toHaveLength(16)
    for (const [wanted, got] of found.shown) expect(got).toBe(wanted)
  },
)
