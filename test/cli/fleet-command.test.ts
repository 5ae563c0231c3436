import { spawn } from "node:child_process"
import { once } from "node:events"
import { text } from "node:stream/consumers"
import { join } from "node:path"
import { beforeAll, beforeEach, afterEach, describe, expect, onTestFinished, test } from "vitest"
import { SqliteBotStore } from "../../src/fleet/store/index.js"
import { Simulator } from "@sounder/simulator"
import { built, packageFolder } from "../support/built.js"
import { stageOfFile, withPostgres } from "../support/postgres-stage.js"
import { runHere, runShowing } from "../support/run-here.js"
import { pathsIn, temporaryFolder } from "../support/temporary-folder.js"
import { untilTrue } from "../support/waiting.js"

const key = "A".repeat(43)
const tokenOf = (botId: number) => `${botId}:${"s".repeat(35)}`
const newPath = pathsIn(temporaryFolder())
const fleet = (...args: string[]) => runHere("fleet", ...args)

beforeEach(() => {
  process.env["FLEET_KEY"] = key
})

afterEach(() => {
  delete process.env["FLEET_KEY"]
  delete process.env["BOT_TOKEN"]
  delete process.env["FLEET_ADMIN_PASSWORD"]
})

/** Returns the path of a store with bots. */
async function storeOf(...botIds: number[]): Promise<string> {
  const path = newPath()
  await using store = new SqliteBotStore({ path, keys: key })
  await store.add(botIds.map((botId) => ({ token: tokenOf(botId), kind: "shop" })))
  return path
}

test("adds a bot whose token Telegram accepts, and prints no token", async () => {
  await using telegram = await Simulator.start()
  const { id, token } = telegram.bot()
  const file = newPath()
  process.env["BOT_TOKEN"] = token
  const added = await fleet("add", "--file", file, "--kind", "shop", "--api-root", telegram.apiRoot)
  expect(added).toEqual({ status: 0, printed: `Added ${id}.\n`, complaint: "" })
  const { printed } = await fleet("list", "--file", file, "--json")
  expect(JSON.parse(printed)).toMatchObject([{ botId: id, kind: "shop", state: "active" }])
  expect(printed).not.toContain(token.slice(-20))
})

test("adds nothing if Telegram refuses a token", async () => {
  await using telegram = await Simulator.start()
  process.env["BOT_TOKEN"] = tokenOf(7)
  const file = newPath()
  const { status, complaint } = await fleet("add", "--file", file, "--api-root", telegram.apiRoot)
  expect(status).toBe(1)
  expect(complaint).toContain("No bot was added.\n7: ")
  expect(complaint).not.toContain("sssss")
  expect((await fleet("list", "--file", file)).printed).toBe("There is no such bot.\n")
})

test("shows the bots on a page until a signal, and prints a random password", async () => {
  const file = await storeOf(7)
  const lines: string[] = []
  const ended = runShowing(
    (line) => lines.push(line),
    "fleet",
    "admin",
    "--file",
    file,
    "--admin-port",
    "0",
  )
  await untilTrue(() => lines.length === 2)
  const [url = ""] = /http:\S+/.exec(lines.join("")) ?? []
  const [, password = ""] = /The password: (\S+)/.exec(lines.join("")) ?? []
  const authorization = `Basic ${btoa(`admin:${password}`)}`
  expect((await fetch(url)).status).toBe(401)
  expect(await (await fetch(url, { headers: { authorization } })).text()).toContain("Bot 7")
  process.emit("SIGTERM")
  expect(await ended).toMatchObject({ status: 0, complaint: "" })
})

test("refuses a short password of the page, by the name of its variable", async () => {
  process.env["FLEET_ADMIN_PASSWORD"] = "hunter2"
  const { status, complaint } = await fleet("admin", "--file", await storeOf(7))
  expect(status).toBe(2)
  expect(complaint).toContain("FLEET_ADMIN_PASSWORD to be a text of at least 12 characters, got")
  expect(complaint).not.toContain("hunter2")
})

describe("with --stdin", () => {
  beforeAll(built)

  /** Runs `sounder fleet add --stdin` with an input. */
  async function add(file: string, input: string) {
    const command = [
      join(packageFolder, "dist/cli/main.js"),
      "fleet",
      "add",
      "--stdin",
      "--no-check",
    ]
    const child = spawn(process.execPath, [...command, "--file", file], {
      env: { ...process.env, FLEET_KEY: key },
    })
    onTestFinished(() => void child.kill())
    child.stdin.end(input)
    const [printed, complaint] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, "close"),
    ])
    return { printed, complaint, status: child.exitCode }
  }

  test("adds the tokens of the input", async () => {
    const file = newPath()
    const { printed } = await add(file, `\uFEFF# two bots\n${tokenOf(1)}\r\n\n${tokenOf(2)}`)
    expect(printed).toBe("Added 1.\nAdded 2.\n")
    expect((await fleet("status", "--file", file, "--json")).printed).toContain('"active":2')
  })

  test("names the line that is no token, and adds nothing", async () => {
    const file = newPath()
    const input = `# two bots\n${tokenOf(1)}\n\n"${tokenOf(2)}"\n`
    const { printed, complaint, status } = await add(file, input)
    expect({ printed, status }).toEqual({ printed: "", status: 2 })
    expect(complaint).toContain("Line 4 of the input: Expected the bot's token")
    expect(complaint).toContain("in quotes")
    expect(complaint).not.toContain("sssss")
    expect((await fleet("list", "--file", file)).printed).toBe("There is no such bot.\n")
  })
})

test("parks, wakes and removes bots, and ends with 1 if one of them is in another state", async () => {
  const file = await storeOf(1, 2)
  const parked = await fleet("park", "1", "2", "--file", file, "--reason", "unpaid")
  expect(parked).toEqual({ status: 0, printed: "Parked 1.\nParked 2.\n", complaint: "" })
  expect((await fleet("list", "--parked", "--file", file)).printed).toMatch(
    /^BOT +STATE +KIND +CHANGED +PROBLEM\n1 +parked +shop +\S+Z +unpaid\n2 +parked/,
  )
  expect(await fleet("wake", "1", "3", "--file", file)).toEqual({
    status: 1,
    printed: "Woke 1.\n",
    complaint: "sounder: Not parked: 3\n",
  })
  expect((await fleet("remove", "1", "--file", file, "--delete-webhook")).printed).toBe(
    "Removed 1.\n",
  )
  const { printed } = await fleet("status", "--file", file)
  expect(printed).toMatch(/^active +0\nparked +1\nleaving +1\nproblems +0\nunreadable +0\n$/)
})

test("counts bots with another key, and encrypts tokens with a new one", async () => {
  const file = await storeOf(1, 2)
  const next = "B".repeat(43)
  process.env["FLEET_KEY"] = next
  expect((await fleet("status", "--file", file)).printed).toMatch(/^unreadable +2$/m)
  expect(await fleet("rekey", "--file", file)).toMatchObject({
    status: 1,
    complaint: expect.stringContaining("is encrypted with the key"),
  })
  process.env["FLEET_KEY"] = `${next},${key}`
  expect((await fleet("rekey", "--file", file)).printed).toBe(
    "Encrypted 2 tokens with the first key.\n",
  )
  process.env["FLEET_KEY"] = next
  expect((await fleet("status", "--file", file)).printed).toMatch(/^unreadable +0$/m)
})

test.each([
  [["list", "--file", "x.db"], { FLEET_KEY: "" }, "Expected the key of the store: FLEET_KEY"],
  [["add", "--file", newPath()], { FLEET_KEY: "hunter2" }, "keys of 32 bytes"],
  [["list"], {}, "Expected a store: --file PATH, --database URL, or DATABASE_URL"],
  [["list", "--file", "x", "--database", "y"], {}, "either --file or --database"],
  [["park", "abc", "--file", "x.db"], {}, "Expected the id of a bot"],
  [["list", "--file", "missing.db"], {}, "there is no missing.db"],
  [["add", "--file", newPath()], {}, "Expected tokens: BOT_TOKEN"],
  [["add", "--file", "x.db", "--data", "{"], {}, "Expected JSON"],
])("%j is refused with 2", async (args, environment, text) => {
  Object.assign(process.env, environment)
  const { status, complaint, printed } = await fleet(...args)
  expect({ status, printed }).toEqual({ status: 2, printed: "" })
  expect(complaint).toContain(text)
  expect(complaint).not.toContain("hunter2")
})

describe("in PostgreSQL", withPostgres, () => {
  const stage = stageOfFile(["fsync=off"])

  test("says how to make the tables, and then lists no bot", async () => {
    const database = ["--database", stage.server.url, "--schema", stage.newSchema()]
    const { status, complaint } = await fleet("list", ...database)
    expect(status).toBe(1)
    expect(complaint).toContain("sounder queue migrate --schema")
    await runHere("queue", "migrate", ...database)
    expect((await fleet("list", ...database)).printed).toBe("There is no such bot.\n")
  })
})
