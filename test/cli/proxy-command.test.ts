import { mkdtemp, readFile, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeEach, describe, expect, test } from "vitest"
import { runHere } from "../support/run-here.js"
import { proxyConfiguration } from "../../src/proxy/index.js"

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sounder-cli-"))
})
afterEach(() => rm(folder, { recursive: true }))

/** Runs `sounder proxy` in this process. */
const proxy = (...args: readonly string[]) => runHere("proxy", ...args)

const bot = ["--bot", "bot1.example.com=127.0.0.1:5000"]
const certificates = ["--certificates", "/etc/certs"]

test("sounder proxy prints the library's configuration", async () => {
  const { status, printed, complaint } = await proxy(
    ...["haproxy", ...bot, "--bot", "bot2.example.com=unix:/run/bot2.sock"],
    ...["--bot", "example.com/bot3=[::1]:5002", ...certificates, "--listen", "0.0.0.0:8443"],
    ...["--stats", "127.0.0.1:8404", "--user", "haproxy"],
  )
  expect({ status, complaint }).toEqual({ status: 0, complaint: "" })
  expect(printed).toBe(
    proxyConfiguration("haproxy", {
      bots: [
        { host: "bot1.example.com", server: "127.0.0.1:5000" },
        { host: "bot2.example.com", server: "unix:/run/bot2.sock" },
        { host: "example.com", path: "/bot3", server: "[::1]:5002" },
      ],
      certificates: "/etc/certs",
      listen: "0.0.0.0:8443",
      stats: "127.0.0.1:8404",
      user: "haproxy",
    }),
  )
})

test("--passthrough and --proxy-protocol are obeyed", async () => {
  const { printed } = await proxy("nginx", ...bot, "--passthrough", "--proxy-protocol")
  expect(printed).toContain("ssl_preread on;")
  expect(printed).toContain("proxy_protocol on;")
})

test("--out writes it to a file, says how to check it, and overwrites a file only with --force", async () => {
  const file = join(folder, "Caddyfile")
  const first = await proxy("caddy", ...bot, "--out", file)
  expect(first).toMatchObject({ status: 0, complaint: "" })
  expect(first.printed).toBe(
    `Wrote ${file}. Check it with: caddy validate --adapter caddyfile --config ${file}\n`,
  )
  const written = await readFile(file, "utf8")
  expect(written).toContain("reverse_proxy 127.0.0.1:5000")
  const second = await proxy("caddy", "--bot", "b.example=127.0.0.1:1", "--out", file)
  expect(second).toMatchObject({ status: 1, printed: "" })
  expect(second.complaint).toMatch(/exists, and nothing was written.*--force/)
  expect(await readFile(file, "utf8")).toBe(written)
  await proxy("caddy", "--bot", "b.example=127.0.0.1:1", "--out", file, "--force")
  expect(await readFile(file, "utf8")).toContain("https://b.example:443")
})

describe("invalid input is reported in one line", () => {
  test.each([
    [[...bot], "missing required argument 'proxy'"],
    [["traefik", ...bot], "Allowed choices are haproxy, nginx, caddy, apache."],
    [["haproxy"], "required option '--bot <host=address>' not specified"],
    [["haproxy", "--bot", "bot1.example.com"], "bot1.example.com=127.0.0.1:5000"],
    [["haproxy", "--bot", "=127.0.0.1:1"], "bot1.example.com=127.0.0.1:5000"],
    [["haproxy", "--bot", "a.example=127.0.0.1:0", ...certificates], "`--bot`"],
    [["haproxy", ...bot, ...bot, ...certificates], "two bots have bot1.example.com"],
    [["haproxy", ...bot], "Expected `--certificates`"],
    [["haproxy", ...bot, "--passthrough", ...certificates], "the bots terminate TLS"],
    [["caddy", ...bot, "--passthrough"], "needs the plugin layer4"],
    [["nginx", ...bot, ...certificates, "--out", "/dev/null/x"], "ENOTDIR", 1],
  ])("%j", async (args, expected, expectedStatus = 2) => {
    const { status, printed, complaint } = await proxy(...args)
    expect({ status, printed }).toEqual({ status: expectedStatus, printed: "" })
    expect(complaint).toContain(expected)
    expect(complaint).toMatch(/^sounder: /)
    expect(complaint).not.toMatch(/^ {4}at /m)
  })
})
