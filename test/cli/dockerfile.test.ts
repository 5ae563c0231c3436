import { Simulator } from "@sounder/simulator"
import { spawn } from "node:child_process"
import { once } from "node:events"
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs"
import { basename, join } from "node:path"
import { beforeAll, expect, test } from "vitest"
import { finished } from "../support/built.js"
import { packedInto } from "../support/packed.js"
import { temporaryFolder } from "../support/temporary-folder.js"

const folder = temporaryFolder()
const project = join(folder, "project")
const image = join(folder, "image")
const data = join(folder, "data")

/** Runs npm, and expects it to succeed. */
async function npm(cwd: string, ...args: string[]): Promise<void> {
  const { status, output } = await finished("npm", args, cwd)
  expect(status, output).toBe(0)
}

beforeAll(async () => {
  const packages = join(project, "packages")
  for (const path of [packages, image, data]) mkdirSync(path, { recursive: true })
  const quiet = ["--no-audit", "--no-fund"]
  await packedInto(packages)
  const tarballs = readdirSync(packages).map((name) => `./packages/${name}`)
  await npm(project, "install", ...tarballs, ...quiet)
  const sounder = join(project, "node_modules", ".bin", "sounder")
  const init = await finished(sounder, ["init", "--yes", "--javascript", "--docker"], project)
  expect(init, init.output).toMatchObject({ status: 0 })
})

/** Copies the files of a line `COPY`, as Docker does. */
function copy(sources: readonly string[], target: string): void {
  const ignored = readFileSync(join(project, ".dockerignore"), "utf8").split("\n")
  for (const source of sources) {
    const names = source.includes("*")
      ? readdirSync(project).filter((name) => /^package.*\.json$/.test(name))
      : [source]
    for (const name of names)
      cpSync(join(project, name), join(image, target, source.includes("*") ? name : ""), {
        recursive: true,
        filter: (path) => !ignored.includes(basename(path)),
      })
  }
}

test("the steps of the Dockerfile make a bot that answers, without the packages for development", async () => {
  const lines = readFileSync(join(project, "Dockerfile"), "utf8").trim().split("\n")
  const variables: Record<string, string> = {}
  let command: string[] = []
  for (const line of lines) {
    const [instruction = "", ...words] = line.split(" ")
    if (instruction === "COPY") copy(words.slice(0, -1), words.at(-1) ?? "")
    if (line.startsWith("RUN npm")) await npm(image, ...words.slice(1))
    if (instruction === "ENV")
      for (const word of words) {
        const [name = "", value = ""] = word.split("=")
        variables[name] = value.replace(/^\/data/, data)
      }
    // A list of texts in JSON, as in every generated Dockerfile.
    if (instruction === "CMD") command = JSON.parse(words.join(" ")) as string[]
  }
  expect(lines).toContain("USER node")
  expect(readdirSync(join(image, "node_modules"))).not.toContain("@sounder")
  expect(existsSync(join(image, ".env"))).toBe(false)

  await using telegram = await Simulator.start()
  const account = telegram.bot()
  const env = {
    ...process.env,
    ...variables,
    BOT_TOKEN: account.token,
    TELEGRAM_API_ROOT: telegram.apiRoot,
  }
  const bot = spawn(command[0] ?? "", command.slice(1), { cwd: image, env, stdio: "inherit" })
  const ended = once(bot, "close")
  try {
    const ada = telegram.user()
    await ada.send(account, "/start")
    expect((await ada.hears({ timeoutMs: 60_000 })).text).toBe("Hello! Write me something.")
  } finally {
    bot.kill("SIGTERM")
  }
  expect(await ended).toEqual([0, null])
  expect(readdirSync(data)).toContain("updates.db")
})
