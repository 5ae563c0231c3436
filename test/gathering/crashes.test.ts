import { type ChildProcess, fork } from "node:child_process"
import { once } from "node:events"
import { existsSync, readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { afterAll, beforeAll, expect, test } from "vitest"
import { built } from "../support/built.js"
import { pathsIn, temporaryFolder } from "../support/temporary-folder.js"

const program = fileURLToPath(new URL("programs/gathering-bot.mjs", import.meta.url))
const newPath = pathsIn(temporaryFolder())
const children = new Set<ChildProcess>()
beforeAll(built)
afterAll(() => children.forEach((child) => child.kill("SIGKILL")))

/** A moment at which the bot dies. */
interface Crash {
  readonly phase: string
  readonly point: string
}

/** Runs the bot. Resolves with the signal of its end, and the crash points that it has passed. */
async function run(settings: object): Promise<{ signal: unknown; points: Crash[] }> {
  const points: Crash[] = []
  const child = fork(program, [JSON.stringify(settings)], { execArgv: ["--no-warnings"] })
  children.add(child)
  child.on("message", (point) => points.push(point as Crash))
  const [, signal] = (await once(child, "exit")) as [unknown, unknown]
  children.delete(child)
  return { signal, points }
}

function linesOf(log: string): string[] {
  return existsSync(log) ? readFileSync(log, "utf8").trimEnd().split("\n") : []
}

let probed: readonly Crash[] = []
beforeAll(async () => {
  const path = newPath()
  const { points } = await run({ path, log: `${path}.log`, probes: true })
  expect(linesOf(`${path}.log`)).toEqual(["1 2 3"])
  probed = points
}, 120_000)

test.each([
  { phase: "part 1", kinds: /^transaction/ },
  { phase: "part 2", kinds: /^(state|take)/ },
  { phase: "part 3", kinds: /^(put|transaction)/ },
  { phase: "the end", kinds: /./ },
])(
  "a bot that dies at any step of $phase goes on, and handles the paste with all its parts",
  { timeout: 600_000 },
  async ({ phase, kinds }) => {
    const steps = probed.filter((crash) => crash.phase === phase && kinds.test(crash.point))
    expect(steps.length).toBeGreaterThan(1)
    for (const point of new Set(steps.map((crash) => crash.point))) {
      const path = newPath()
      const [log, crash] = [`${path}.log`, { phase, point }]
      expect([point, (await run({ path, log, crash })).signal]).toEqual([point, "SIGKILL"])
      const before = linesOf(log).length
      expect([point, (await run({ path, log })).signal]).toEqual([point, null])
      const lines = linesOf(log)
      expect(new Set(lines), point).toEqual(new Set(["1 2 3"]))
      // A handler whose end was not stored is called again, as for every update.
      expect(lines.length, point).toBeLessThanOrEqual(before === 0 ? 1 : 2)
    }
  },
)

test("an album whose bot dies between two parts is handled with all parts by the next process", async () => {
  const path = newPath()
  const [log, isAlbum] = [`${path}.log`, true]
  const { signal } = await run({ path, log, isAlbum, crash: { phase: "wait" } })
  expect([signal, linesOf(log)]).toEqual(["SIGKILL", []])
  expect((await run({ path, log, isAlbum })).signal).toBeNull()
  expect(linesOf(log)).toEqual(["1 2 3"])
}, 120_000)
