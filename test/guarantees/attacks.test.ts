import { type ChildProcess, spawn } from "node:child_process"
import { randomBytes } from "node:crypto"
import { once } from "node:events"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { connect, type Socket } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { connect as connectTls } from "node:tls"
import { fileURLToPath } from "node:url"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { createCertificate } from "../../src/certificate/index.js"
import { type SimulatedBot, type SimulatedUser, Simulator } from "@sounder/simulator"
import { freePort } from "../support/free-port.js"
import { requireServer } from "../support/real-servers.js"
import { untilTrue } from "../support/waiting.js"

const program = fileURLToPath(new URL("programs/attacked-bot.mjs", import.meta.url))
/** The duration of each attack, in seconds. */
const seconds = Number(process.env.SOUNDER_ATTACK_SECONDS ?? 2)
/** The number of concurrent connections: more than the server's 1,000. */
const many = 1_500

let telegram: Simulator
let account: SimulatedBot
let ada: SimulatedUser
let child: ChildProcess
let output = ""
let folder: string
let port: number
let sent = 0

beforeAll(async () => {
  telegram = await Simulator.start({ local: true })
  account = telegram.bot()
  ada = telegram.user()
  folder = mkdtempSync(join(tmpdir(), "sounder-"))
  port = await freePort()
  const { key, cert } = await createCertificate("127.0.0.1")
  writeFileSync(join(folder, "bot.pem"), cert + key)
  const args = [program, account.token, telegram.apiRoot, String(port), join(folder, "bot.pem")]
  child = spawn(process.execPath, args)
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (text: string) => (output += text))
  }
  await write(3)
})

afterAll(async () => {
  child.kill("SIGTERM")
  if (child.exitCode === null) await once(child, "exit")
  await telegram[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true })
})

/** Has `count` messages delivered, one after the other. */
async function write(count: number): Promise<void> {
  for (let left = count; left > 0; left -= 1) {
    const text = `message ${(sent += 1)}.`
    await ada.send(account, text)
    await untilTrue(() => output.includes(`heard ${text}`))
  }
}

const memoryMiB = () => [...output.matchAll(/^MiB ([\d.]+)$/gm)].map(([, mib]) => Number(mib))

/** Has messages delivered during an attack, and checks that nothing is lost, repeated or grows. */
async function withstand(attack: (end: AbortSignal) => Promise<void>): Promise<void> {
  const before = memoryMiB().at(-1) ?? Infinity
  const from = memoryMiB().length
  const end = new AbortController()
  const over = new AbortController()
  const attacking = attack(end.signal).finally(() => over.abort())
  // It is awaited below, when the messages have been delivered.
  attacking.catch(() => {})
  let delivered = 0
  while (!over.signal.aborted) {
    await write(1)
    delivered += 1
    if (memoryMiB().length - from >= seconds * 5) end.abort()
  }
  await attacking
  await write(3)
  expect(delivered).toBeGreaterThan(1)
  expect(output.match(/^heard /gm)).toHaveLength(sent)
  expect(Math.max(...memoryMiB().slice(from)) - before, "MiB more").toBeLessThan(200)
}

describe("a server keeps answering Telegram over TLS", () => {
  test.for([
    ["slow heads", ["-H"]],
    ["slow bodies", ["-B", "-s", "1000000", "-f", "application/json"]],
    ["slow readers", ["-X", "-k", "10", "-w", "1", "-y", "2", "-n", "1", "-z", "1"]],
  ] as const)("against %s", async ([, how], context) => {
    const slow = requireServer("slowhttptest", context)
    await withstand(async (end) => {
      const path = how[0] === "-B" ? "hook" : "health"
      const url = `https://127.0.0.1:${port}/${path}`
      const load = ["-c", String(many), "-r", "500", "-i", "1", "-l", "110", "-p", "5", "-u", url]
      const attacker = spawn(slow, [...how, ...load], { stdio: "ignore", cwd: folder })
      const exit = once(attacker, "exit")
      await Promise.race([exit, once(end, "abort")])
      const endedItself = attacker.exitCode
      attacker.kill("SIGKILL")
      await exit
      expect(endedItself).toBeNull()
    })
  })

  test("against 10,000 connections, some cut off, some half-open, some garbage", async () => {
    let opened = 0
    await withstand(async (end) => {
      while (opened < 10_000 || !end.aborted) {
        const sockets = await Promise.all(Array.from({ length: 200 }, (_, n) => opening(n)))
        opened += sockets.length
        for (const socket of sockets) socket.destroy()
      }
    })
    expect(opened).toBeGreaterThanOrEqual(10_000)
  })

  test.for(floods())("against %s", async ([, flood]) => {
    await withstand(async (end) => {
      while (!end.aborted) {
        await Promise.all(Array.from({ length: 40 }, () => pour(flood(), end)))
      }
    })
  })
})

/** Returns a connection that sends nothing, a part of a handshake, or garbage. */
async function opening(number: number): Promise<Socket> {
  const socket = connect(port, "127.0.0.1")
  socket.on("error", () => {})
  const hello = Buffer.from("16030100ea010000e60303", "hex")
  const words = [undefined, hello, randomBytes(300), Buffer.from("GET / HTTP/1.1\r\n\r\n")]
  const word = words[number % words.length]
  if (word) socket.write(word)
  await Promise.race([once(socket, "connect"), once(socket, "close")]).catch(() => {})
  return socket
}

/** Returns the payloads of strangers within TLS, a chunk at a time, as long as the server reads. */
function floods(): readonly (readonly [string, () => Iterable<string>])[] {
  const post = "POST /hook HTTP/1.1\r\nHost: a\r\n"
  const json = "Content-Type: application/json\r\n"
  return [
    ["floods of header lines", () => [post, ...repeated("X-A: b\r\n", 5000)]],
    ["endless header lines", () => [post, "X-A: ", ...repeated("x".repeat(1000), 1000)]],
    [
      "endless chunks",
      () => [
        `${post}${json}Transfer-Encoding: chunked\r\n\r\n`,
        ...repeated(`400\r\n${"x".repeat(1024)}\r\n`, 5000),
      ],
    ],
    [
      "thousands of requests in one connection, and garbage",
      () => ["GET /health HTTP/1.1\r\nHost: a\r\n\r\n".repeat(2000), "\0\x16nonsense\r\n\r\n"],
    ],
    [
      "upgrades, tunnels and bodies that are announced",
      () => [
        "GET /hook HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
        `${post}${json}Expect: 100-continue\r\nContent-Length: 900000000\r\n\r\n`,
        "CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
      ],
    ],
  ]
}

function* repeated(text: string, times: number): Iterable<string> {
  for (let left = times; left > 0; left -= 1) yield text
}

async function pour(pieces: Iterable<string>, end: AbortSignal): Promise<void> {
  const socket = connectTls({ port, host: "127.0.0.1", rejectUnauthorized: false })
  socket.on("error", () => {})
  // Answers are not read, as by a malicious client.
  await Promise.race([once(socket, "secureConnect"), once(socket, "close")]).catch(() => {})
  const gone = new AbortController()
  socket.once("close", () => gone.abort())
  const signal = AbortSignal.any([end, gone.signal])
  for (const piece of pieces) {
    if (signal.aborted || socket.destroyed) break
    if (!socket.write(piece)) await once(socket, "drain", { signal }).catch(() => {})
  }
  socket.destroy()
}
