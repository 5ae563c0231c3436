import { readFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { beforeAll, expect, test } from "vitest"
import { built } from "../support/built.js"
import { runProgram } from "../support/run-program.js"
import { temporaryFolder } from "../support/temporary-folder.js"

const program = fileURLToPath(new URL("programs/crashing-script.mjs", import.meta.url))
const folder = temporaryFolder()
beforeAll(built)

/** The messages and the step of a dialog, by segment. */
const segments = [["Which size?"], ["Which address?"], ["charged", "42 to Main St?"], ["Ordered."]]
const all = segments.flat()
let runs = 0

test.each(all.flatMap((text) => [{ before: text }, { after: text }]))(
  "a script whose process dies at %o goes on, and repeats at most the call or the step of that moment",
  async (crash) => {
    const place = String((runs += 1))
    const [path, log] = ["db", "log"].map((end) => join(folder, `${place}.${end}`))
    expect(await runProgram(program, { path, log, crash })).toBe("SIGKILL")
    expect(await runProgram(program, { path, log })).toBe(0)
    const said = readFileSync(log ?? "", "utf8")
      .trimEnd()
      .split("\n")
    const times = (text: string) => ("after" in crash && crash.after === text ? 2 : 1)
    expect(said).toEqual(all.flatMap((text) => Array.from({ length: times(text) }, () => text)))
  },
)
