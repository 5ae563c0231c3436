import { readFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { beforeAll, expect, test } from "vitest"
import { built } from "../support/built.js"
import { runProgram } from "../support/run-program.js"
import { temporaryFolder } from "../support/temporary-folder.js"

const program = fileURLToPath(new URL("programs/crashing-dialog.mjs", import.meta.url))
const folder = temporaryFolder()
beforeAll(built)

const messages = ["Which size?", "Which address?", "42 to Main St?", "Ordered."]
let runs = 0

test.each(messages.flatMap((message) => [{ before: message }, { after: message }]))(
  "a dialog whose process dies at %o goes on, and repeats at most the message of that step",
  async (crash) => {
    const place = String((runs += 1))
    const [path, log] = ["db", "log"].map((end) => join(folder, `${place}.${end}`))
    expect(await runProgram(program, { path, log, crash })).toBe("SIGKILL")
    expect(await runProgram(program, { path, log })).toBe(0)
    const said = readFileSync(log ?? "", "utf8")
      .trimEnd()
      .split("\n")
    const repeated = (message: string) => ("after" in crash && crash.after === message ? 2 : 1)
    expect(said).toEqual(
      messages.flatMap((message) => Array.from({ length: repeated(message) }, () => message)),
    )
  },
)
