import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { finished } from "../../test/support/built.js"
import { packedInto } from "../../test/support/packed.js"
import { peersFolder, requirePackages } from "../../test/support/peers.js"

describe("the tarball", () => {
  const folder = mkdtempSync(join(tmpdir(), "telegram-simulator-"))
  let tarball = ""

  beforeAll(async () => {
    tarball = (await packedInto(folder)).simulator
  }, 180_000)

  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  test("has the files that are run and read, the page included, and no sources or tests", async () => {
    const { output } = await finished("tar", ["tzf", tarball], folder)
    const names = output.trim().split("\n")
    expect(names).toContain("package/dist/static/index.html")
    expect([...new Set(names.map((name) => name.split("/")[1] ?? ""))].toSorted()).toEqual([
      "LICENSE",
      "README.md",
      "dist",
      "package.json",
    ])
  })

  test(
    "run by npx in an empty folder, simulates Telegram for a grammY bot that answers",
    { timeout: 180_000 },
    async (context) => {
      requirePackages(context)
      const empty = mkdtempSync(join(folder, "empty-"))
      const token = "123456:a-token"
      const npx = ["--yes", `--package=${tarball}`, "telegram-simulator"]
      await using simulator = new Program("npx", [...npx, "--port", "0", "--bot", token], empty)
      const root = await simulator.says(/API root: {2}(\S+)/)
      const environment = { MODE: "polling", TELEGRAM_API_ROOT: root, BOT_TOKEN: token }
      await using _bot = new Program(process.execPath, ["grammy-bot.mjs"], peersFolder, environment)
      expect(await answerTo("/start", root)).toContain("Hello, Ada!")
    },
  )
})

/** Writes to the bot as the page's Ada. Resolves with the contents of the chat after the answer. */
async function answerTo(text: string, root: string): Promise<string> {
  const act = async (name: string, input: object) => {
    const response = await fetch(`${root}/page/${name}`, {
      method: "POST",
      headers: { "content-type": "application/json", origin: root },
      body: JSON.stringify(input),
    })
    return (await response.json()) as Record<string, string>
  }
  const events = await fetch(`${root}/page/events`)
  const person = 1_000_001
  await act("send", { as: person, chat: `123456:${person}`, text })
  let seen = ""
  const decoder = new TextDecoder()
  for await (const bytes of events.body ?? []) {
    seen += decoder.decode(bytes as Uint8Array, { stream: true })
    if (seen.includes("Hello, Ada!")) return seen
  }
  return seen
}

/** A program that runs until the test ends. */
class Program implements AsyncDisposable {
  readonly #child: ChildProcess
  readonly #ended: Promise<unknown>
  #output = ""

  constructor(file: string, args: string[], cwd: string, environment: NodeJS.ProcessEnv = {}) {
    const env = { ...process.env, ...environment }
    // A process group of its own: the program that npx starts has to end with npx.
    this.#child = spawn(file, args, { cwd, env, detached: true })
    this.#ended = once(this.#child, "close")
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.on("data", (bytes: Buffer) => (this.#output += bytes.toString()))
    }
  }

  /** Resolves with the match of a pattern in the output. Rejects if the program ends before. */
  async says(pattern: RegExp): Promise<string> {
    for (;;) {
      const found = pattern.exec(this.#output)?.[1]
      if (found !== undefined) return found
      const data = once(this.#child.stdout ?? this.#child, "data")
      await Promise.race([data, this.#ended])
      if (this.#child.exitCode !== null) throw new Error(this.#output)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.pid !== undefined) process.kill(-this.#child.pid, "SIGTERM")
    await this.#ended
  }
}
