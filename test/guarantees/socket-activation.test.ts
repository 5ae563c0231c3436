import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { fileURLToPath } from "node:url"
import { afterEach, describe, expect, test } from "vitest"
import { descriptorOf } from "../../src/node-server/passed-socket.js"
import { WebhookServer } from "../../src/node-server/webhook-server.js"
import { Simulator } from "@sounder/simulator"
import { freePort } from "../support/free-port.js"
import { requireServer } from "../support/real-servers.js"
import { untilTrue } from "../support/waiting.js"

const program = fileURLToPath(new URL("programs/socket-bot.mjs", import.meta.url))
const supervisor = fileURLToPath(new URL("programs/socket_holder.py", import.meta.url))
const children: ChildProcess[] = []

afterEach(async () => {
  for (const child of children.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue
    child.kill("SIGKILL")
    await once(child, "exit")
  }
})

/** Collects the output of a process. */
function watch(child: ChildProcess): () => string {
  children.push(child)
  let output = ""
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (text: string) => (output += text))
  }
  return () => output
}

const heardIn = (output: string) => [...output.matchAll(/^heard (.*)$/gm)].map(([, text]) => text)

describe("a bot on the socket of a systemd unit", () => {
  test("is started by the first request, and handles it", async (context) => {
    const activate = requireServer("systemd-socket-activate", context)
    await using telegram = await Simulator.start({ local: true })
    const account = telegram.bot()
    const ada = telegram.user()
    const port = await freePort()
    const url = `http://127.0.0.1:${port}/hook`
    const set = `${telegram.apiRoot}/bot${account.token}/setWebhook?url=${encodeURIComponent(url)}`
    const bot = [process.execPath, program, account.token, telegram.apiRoot, url, "systemd", "3"]
    const child = spawn(activate, ["--listen", `127.0.0.1:${port}`, ...bot])
    const output = watch(child)
    await untilTrue(() => /Listening on/.test(output()))
    expect(output()).not.toContain("heard")
    await fetch(set)
    for (const text of ["one", "two", "three"]) await ada.send(account, text)
    await untilTrue(() => heardIn(output()).length >= 3)
    expect(heardIn(output())).toEqual(["one", "two", "three"])
  })

  test("loses no connection during a restart", async (context) => {
    const python = requireServer("python3", context)
    await using telegram = await Simulator.start({ local: true })
    const account = telegram.bot()
    const ada = telegram.user()
    const port = await freePort()
    const url = `http://127.0.0.1:${port}/hook`
    const bot = [
      process.execPath,
      program,
      account.token,
      telegram.apiRoot,
      url,
      "systemd:hook",
      "2",
    ]
    const output = watch(spawn(python, [supervisor, String(port), "3", ...bot]))
    const texts = ["one", "two", "three", "four", "five", "six"]
    for (const text of texts) await ada.send(account, text)
    await untilTrue(() => heardIn(output()).length >= texts.length)
    expect(heardIn(output()), output()).toEqual(texts)
    const refused = [...telegram.deliveries].filter(({ error }) => /refused/.test(error ?? ""))
    expect(refused).toEqual([])
  })
})

describe("an inherited socket", () => {
  const pid = String(process.pid)

  test.each([
    ["systemd", {}, /passed no socket.*\.socket unit/],
    ["systemd", { LISTEN_PID: pid, LISTEN_FDS: "0" }, /passed no socket/],
    ["systemd", { LISTEN_PID: "1", LISTEN_FDS: "1" }, /for process 1.*ExecStart has to run node/],
    ["systemd", { LISTEN_PID: pid, LISTEN_FDS: "2", LISTEN_FDNAMES: "a:b" }, /2 sockets.* a, b\./],
    ["systemd:c", { LISTEN_PID: pid, LISTEN_FDS: "1", LISTEN_FDNAMES: "a" }, /with the names a\./],
  ])("as %s with %o is refused with advice", (listen, environment, message) => {
    const passed = listen.split(":")[1] ?? ""
    expect(() => descriptorOf({ passed }, environment)).toThrow(message)
    expect(() => descriptorOf({ passed }, environment)).toThrow(
      expect.objectContaining({ code: "listen-failed" }),
    )
  })

  test("is selected by its name", () => {
    const environment = { LISTEN_PID: pid, LISTEN_FDS: "2", LISTEN_FDNAMES: "a:b" }
    expect(descriptorOf({ passed: "b" }, environment)).toBe(4)
    expect(() => descriptorOf({ passed: "b" }, environment)).toThrow(/can be used once/)
  })

  test("that is invalid is refused", async () => {
    const server = new WebhookServer({ listen: "fd:1000" })
    await expect(server.start()).rejects.toMatchObject({
      code: "listen-failed",
      message: expect.stringMatching(/file descriptor 1000: it is not a listening socket/),
    })
  })

  test("has no port option", () => {
    for (const listen of ["fd:3", "systemd", "systemd:hook"]) {
      expect(() => new WebhookServer({ listen, port: 80 })).toThrow(/no `port` option/)
    }
  })
})
