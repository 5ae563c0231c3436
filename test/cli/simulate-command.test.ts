import { spawn, type ChildProcess } from "node:child_process"
import { once } from "node:events"
import { mkdtemp, rm } from "node:fs/promises"
import { createServer } from "node:net"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, expect, test } from "vitest"
import { developmentToken } from "@sounder/simulator/command"
import { built, packageFolder } from "../support/built.js"
import { requireServer } from "../support/real-servers.js"
import { untilTrue } from "../support/waiting.js"

let folder: string

beforeAll(async () => {
  await built()
  folder = await mkdtemp(join(tmpdir(), "sounder-simulate-"))
})

afterAll(() => rm(folder, { recursive: true, force: true }))

test("the output has the page, the API root, a token and the settings for a bot", async () => {
  await using program = await simulate()
  expect(program.output()).toMatch(
    /^Chat page: (http:\/\/127\.0\.0\.1:\d+)\/\nAPI root: {2}\1\nBot: {7}@my_bot, token \d+:AA\S+\n/,
  )
  expect(program.output()).toContain(`TELEGRAM_API_ROOT=${program.root} BOT_TOKEN=`)
  expect(program.output()).not.toContain("anybody who can reach this machine")
  expect((await fetch(`${program.root}/`)).headers.get("content-type")).toMatch("text/html")
})

test.each(["SIGINT", "SIGTERM"] as const)(
  "%s ends the simulator with exit code 0",
  async (signal) => {
    await using program = await simulate()
    const page = await fetch(`${program.root}/page/events`)
    expect(await program.end(signal)).toBe(0)
    expect(program.output()).toMatch(/Ended\.\n$/)
    await expect(page.text().then(() => fetch(program.root))).rejects.toThrow()
  },
)

test("without --bot the token is the same at every start", async () => {
  const tokens = await Promise.all(
    [1, 2].map(async () => {
      await using program = await simulate()
      return /token (\S+)/.exec(program.output())?.[1]
    }),
  )
  expect(tokens).toEqual([developmentToken, developmentToken])
})

test("bots have the given tokens and names", async () => {
  await using program = await simulate("--bot", "123456:first", "--bot", "123457:second")
  expect(program.output()).toContain("@my_bot, token 123456:first")
  expect(program.output()).toContain("@my_2_bot, token 123457:second")
  for (const token of ["123456:first", "123457:second"]) {
    const answer = await fetch(`${program.root}/bot${token}/getMe`)
    expect(await answer.json()).toMatchObject({ ok: true })
  }
})

test("listening on all addresses prints a warning", async () => {
  await using program = await simulate("--host", "0.0.0.0")
  expect(program.output()).toMatch(
    /The simulator listens on 0\.0\.0\.0: anybody who can reach this machine/,
  )
  expect(program.root).toMatch(/^http:\/\/127\.0\.0\.1:/)
  expect((await fetch(`${program.root}/`)).status).toBe(200)
})

test("--local permits a webhook on plain HTTP, --map resolves a public name", async () => {
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

test.each([
  ["https://bot1.invalid/hook", "bot1.invalid:443=127.0.0.1:8443"],
  ["https://127.0.0.1:8443/hook", "127.0.0.1:8443=127.0.0.1:8443"],
])("a webhook at %s is refused with the --map option that makes it work", async (url, map) => {
  await using program = await simulate("--bot", "1:a")
  const set = async (root: string) => {
    const query = `url=${encodeURIComponent(url)}`
    return (await fetch(`${root}/bot1:a/setWebhook?${query}`)).json()
  }
  expect(await set(program.root)).toMatchObject({ ok: false })
  await untilTrue(() => program.output().includes(`  sounder simulate --map ${map}\n`))
  await using mapped = await simulate("--bot", "1:a", "--map", map)
  expect(await set(mapped.root)).toMatchObject({ ok: true })
})

test("--log prints a line for each call", async () => {
  await using program = await simulate("--bot", "1:a", "--log")
  await fetch(`${program.root}/bot1:a/getMe`)
  await untilTrue(() => /^\d\d:\d\d:\d\d @my_bot getMe: 200$/m.test(program.output()))
})

test("a terminal gets keys for help and for the end", async (context) => {
  const python = requireServer("python3", context)
  const main = join(packageFolder, "dist", "cli", "main.js")
  const spawned = "import pty, sys; pty.spawn(sys.argv[1:])"
  const args = ["-c", spawned, process.execPath, main, "simulate", "--port", "0"]
  const child = spawn(python, args)
  let output = ""
  child.stdout.on("data", (data) => (output += String(data)))
  const help =
    /o {2}open the chat page +c {2}clear the terminal\r\n +h {2}show the keys +q {2}quit/g
  await untilTrue(() => output.match(help)?.length === 1)
  child.stdin.write("h")
  await untilTrue(() => output.match(help)?.length === 2)
  const closed = once(child, "close")
  child.stdin.write("q")
  await closed
  expect(output).toMatch(/Ended\.\r\n$/)
})

test("--state restores the bot and the people in the next run", async () => {
  const state = join(folder, "state.json")
  const token = async (...args: string[]) => {
    await using program = await simulate("--state", state, ...args)
    await program.end("SIGTERM")
    return /token (\S+)/.exec(program.output())?.[1]
  }
  expect(await token("--bot", "123456:kept")).toBe("123456:kept")
  expect(await token()).toBe("123456:kept")
})

test("a port in use is reported in one line with advice", async () => {
  const server = createServer().listen(0, "127.0.0.1")
  await once(server, "listening")
  const { port } = server.address() as AddressInfo
  const { status, output } = await failing("--port", String(port))
  expect([status, output]).toEqual([
    1,
    `sounder: Port ${port} is taken on 127.0.0.1, perhaps by another simulator. ` +
      "`sounder simulate --port 0` takes a free one\n",
  ])
  server.close()
})

test.each([
  [["--port", "70000"], /0 to 65535/],
  [["--port", "x"], /0 to 65535/],
  [["--map", "bot1.example.com:443=127.0.0.1:99999"], /bot\.example\.com:443=127\.0\.0\.1:5443/],
  [["--map", "bot1.example.com"], /bot\.example\.com:443=127\.0\.0\.1:5443/],
  [["--port", "0", "--bot", "no token"], /option '--bot <token>'.*digits, a colon and letters/],
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

/** Runs the command on a free port until its address is printed. */
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
