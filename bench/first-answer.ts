/**
 * Measures the way of a new user from an empty folder to the first answer on the chat page in Chromium, in
 * TypeScript and in JavaScript, with the packed packages. Prints one line of JSON for each, with the seconds of
 * each command. Packages in npm's cache are not downloaded again.
 *
 * @module
 */
import { spawn, spawnSync } from "node:child_process"
import { mkdtempSync, readdirSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { Readable } from "node:stream"
import { launchChromium, requireChromium } from "./chromium.js"

requireChromium()
const folder = mkdtempSync(join(tmpdir(), "sounder-first-answer-"))
try {
  run(process.cwd(), "npm pack -ws --include-workspace-root --ignore-scripts", [
    "--pack-destination",
    folder,
  ])
  const packages = readdirSync(folder)
    .filter((name) => name.endsWith(".tgz"))
    .map((name) => join(folder, name))
  await report("TypeScript", packages, [])
  await report("JavaScript", packages, ["--javascript"])
} finally {
  rmSync(folder, { recursive: true })
}

/** Goes the whole way in an empty folder, and prints its measurement. */
async function report(language: string, packages: readonly string[], options: readonly string[]) {
  const project = mkdtempSync(join(folder, "bot-"))
  const seconds = {
    install: run(project, "npm install --no-audit --no-fund", packages),
    init: run(project, "npx sounder init --yes", options),
    test: run(project, "npm test", []),
    answer: await firstAnswer(project),
  }
  const total = Object.values(seconds).reduce((sum, part) => sum + part, 0)
  const [version] = process.versions.node.split(".")
  const name = `first answer: ${language}, Node ${version}`
  console.log(JSON.stringify({ name, target: 60_000, ms: Math.round(total * 1000), ...seconds }))
}

/** Runs a command, and returns its time in seconds. */
function run(cwd: string, command: string, more: readonly string[]): number {
  const [program = "", ...first] = command.split(" ")
  const start = performance.now()
  const { status, stdout, stderr } = spawnSync(program, [...first, ...more], {
    cwd,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  })
  if (status !== 0) throw new Error(`${command} failed: ${stdout}${stderr}`)
  return secondsSince(start)
}

/** Starts `npm run dev`, presses START on its page, and returns the seconds until the bot has answered. */
async function firstAnswer(cwd: string): Promise<number> {
  const start = performance.now()
  const dev = spawn("npm", ["run", "dev"], {
    cwd,
    stdio: ["ignore", "pipe", "inherit"],
    // A group of its own, so that the whole tree of processes can be ended.
    detached: true,
  })
  const browser = await launchChromium()
  const ended = new Promise((resolve) => dev.once("close", resolve))
  try {
    const page = await browser.newPage()
    await page.goto(await addressOfPage(dev.stdout))
    await page.getByRole("button", { name: "Start" }).click()
    await page.getByText("Hello! Write me something.").first().waitFor()
    return secondsSince(start)
  } finally {
    await browser.close()
    if (dev.pid !== undefined) process.kill(-dev.pid, "SIGINT")
    await ended
  }
}

/** Resolves with the address that `sounder dev` prints. Rejects if the output ends before. */
function addressOfPage(output: Readable): Promise<string> {
  let seen = ""
  return new Promise((resolve, reject) => {
    output.on("data", (part: Buffer) => {
      seen += part.toString()
      const [, url] = /Chat page: (\S+)\n/.exec(seen) ?? []
      if (url !== undefined) resolve(url)
    })
    output.once("end", () => reject(new Error(`sounder dev printed no address: ${seen}`)))
  })
}

function secondsSince(start: number): number {
  return Math.round((performance.now() - start) / 100) / 10
}
