import { execFileSync, spawnSync } from "node:child_process"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, test } from "vitest"
import { temporaryFolder } from "../support/temporary-folder.js"
import { runHere } from "../support/run-here.js"

const folder = temporaryFolder()

describe("completions for bash", () => {
  async function completed(...words: string[]): Promise<string[]> {
    const { printed } = await runHere("completion", "bash")
    const line = `COMP_WORDS=(sounder ${words.map((word) => `'${word}'`).join(" ")})`
    const ask = `${line}; COMP_CWORD=${words.length}; _sounder; printf '%s\\n' "\${COMPREPLY[@]}"`
    return execFileSync("bash", ["-c", `${printed}\n${ask}`], { encoding: "utf8" })
      .split("\n")
      .filter((word) => word !== "")
  }

  test("complete a command, a subcommand, and options", async () => {
    expect(await completed("web")).toEqual(["webhook"])
    expect(await completed("webhook", "")).toEqual(
      expect.arrayContaining(["info", "set", "delete"]),
    )
    expect(await completed("webhook", "set", "--max")).toEqual(["--max-connections"])
    expect(await completed("webhook", "set", "--no-secret", "--max")).toEqual(["--max-connections"])
  })

  test("complete file names where no word matches", async () => {
    expect(await completed("run", "READ")).toEqual(["README.md"])
  })
})

test.each(["zsh", "fish"])(
  "the completions for %s are valid in that shell, if it is installed",
  async (shell) => {
    const { status, printed } = await runHere("completion", shell)
    expect(status).toBe(0)
    expect(printed).toContain("webhook")
    const script = join(folder, `sounder.${shell}`)
    writeFileSync(script, printed)
    const checked = spawnSync(shell, ["-n", script], { encoding: "utf8" })
    if (checked.error === undefined) expect(checked).toMatchObject({ status: 0, stderr: "" })
  },
)

test("another shell is refused with the list of the known ones", async () => {
  const { status, complaint } = await runHere("completion", "csh")
  expect(status).toBe(2)
  expect(complaint).toContain("bash, zsh, fish")
})
