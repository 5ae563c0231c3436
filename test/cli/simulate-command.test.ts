import { spawn, type ChildProcess } from "node:child_process"
import { once } from "node:events"
import { mkdtemp, rm } from "node:fs/promises"
import { createServer } from "node:net"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, expect, test } from "vitest"
import { built, packageFolder } from "../support/built.js"

let folder: string

beforeAll(async () => {
  await built()
  folder = await mkdtemp(join(tmpdir(), "sounder-simulate-"))
})

afterAll(() => rm(folder, { recursive: true, force: true }))

test("it prints the page, the API root, a token and how a bot is pointed at it", async () => {
  await using program = await simulate()
  expect(program.output()).toMatch(
    /^Chat page: (http:\/\/127\.0\.0\.1:\d+)\/\nAPI root: {2}\1\nBot: {7}@my_bot, token \d+:AA\S+\n/,
  )
  expect(program.output()).toContain(`TELEGRAM_API_ROOT=${program.root} BOT_TOKEN=`)
  expect(program.output()).not.toContain("everybody who reaches this machine")
  expect((await fetch(`${program.root}/`)).headers.get("content-type")).toMatch("text/html")
})

test.each(["SIGINT", "SIGTERM"] as const)("%s ends it with exit code 0", async (signal) => {
  await using program = await simulate()
  const page = await fetch(`${program.root}/page/events`)
  expect(await program.end(signal)).toBe(0)
  expect(program.output()).toMatch(/Ended\.\n$/)
  await expect(page.text().then(() => fetch(program.root))).rejects.toThrow()
})

test("bots have the tokens that they are given", async () => {
  await using program = await simulate("--bot", "123456:first", "--bot", "123457:second")
  for (const token of ["123456:first", "123457:second"]) {
    const answer = await fetch(`${program.root}/bot${token}/getMe`)
    expect(await answer.json()).toMatchObject({ ok: true })
  }
})

test("listening on all addresses is said to be what it is", async () => {
  await using program = await simulate("--host", "0.0.0.0")
  expect(program.output()).toMatch(/It listens on 0\.0\.0\.0: everybody who reaches this machine/)
  expect(program.root).toMatch(/^http:\/\/127\.0\.0\.1:/)
  expect((await fetch(`${program.root}/`)).status).toBe(200)
})

test("--local allows a webhook on plain HTTP, --map plays a public name", async () => {
  const set = async (root: string, token: string, url: string) => {
    const query = `url=${encodeURIComponent(url)}`
    return (await fetch(`${root}/bot${token}/setWebhook?${query}`)).json()
  }
  const bots = ["--bot", "1:a", "--bot", "2:b"]
  await using local = await simulate(...bots, "--local")
  expect(await set(local.root, "1:a", "http://127.0.0.1:9/")).toMatchObject({ ok: true })
  await using cloud = await simulate(...bots, "--map", "bot1.example.com:443=127.0.0.1:9")
  expect(await set(cloud.root, "1:a", "http://127.0.0.1:443/")).toMatchObject({ ok: false })
  expect(await set(cloud.root, "2:b", "https://bot1.example.com/x")).toMatchObject({ ok: true })
})

test("--state keeps the bot and the people from one run to the next", async () => {
  const state = join(folder, "state.json")
  const token = async () => {
    await using program = await simulate("--state", state)
    await program.end("SIGTERM")
    return /token (\S+)/.exec(program.output())?.[1]
  }
  const first = await token()
  expect(first).toMatch(/^\d+:/)
  expect(await token()).toBe(first)
})

test("a port that is taken is said in a line, with what to do", async () => {
  const server = createServer().listen(0, "127.0.0.1")
  await once(server, "listening")
  const { port } = server.address() as AddressInfo
  const { status, output } = await failing("--port", String(port))
  expect([status, output]).toEqual([
    1,
    `sounder: Port ${port} is taken on 127.0.0.1, perhaps by another simulator. ` +
      "Choose one with --port, or --port 0 for any\n",
  ])
  server.close()
})

test.each([
  [["--port", "70000"], /0 to 65535/],
  [["--port", "x"], /0 to 65535/],
  [["--map", "bot1.example.com"], /bot\.example\.com:443=127\.0\.0\.1:5443/],
  [["--port", "0", "--bot", "no token"], /digits, a colon and letters/],
  [["--colour"], /unknown option/],
])("%j is refused with a reason", async (args, reason) => {
  const { status, output } = await failing(...args)
  expect(status).toBe(2)
  expect(output).toMatch(reason)
})

function start(args: readonly string[]): { child: ChildProcess; output: () => string } {
  const main = join(packageFolder, "dist", "cli", "main.js")
  const child = spawn(process.execPath, [main, "simulate", ...args])
  let text = ""
  child.stdout.on("data", (data) => (text += String(data)))
  child.stderr.on("data", (data) => (text += String(data)))
  return { child, output: () => text }
}

async function failing(...args: string[]): Promise<{ status: unknown; output: string }> {
  const { child, output } = start(args)
  const [status] = await once(child, "close")
  return { status, output: output() }
}

/** Runs the command on a free port until it has said where it is. */
async function simulate(...args: string[]) {
  const { child, output } = start(["--port", "0", ...args])
  const ended = once(child, "close")
  while (!output().includes("Ctrl+C")) await once(child.stdout!, "data")
  const end = async (signal: NodeJS.Signals) => {
    child.kill(signal)
    const [status] = await ended
    return status as unknown
  }
  return {
    root: /API root: {2}(\S+)/.exec(output())?.[1] ?? "",
    output,
    end,
    [Symbol.asyncDispose]: () => end("SIGTERM").then(() => {}),
  }
}
