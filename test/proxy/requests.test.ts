import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import type { Server } from "node:http"
import { tmpdir, userInfo } from "node:os"
import { join } from "node:path"
import { afterEach, beforeEach, describe, expect, test } from "vitest"
import { createCertificate } from "../../src/certificate/index.js"
import { proxyConfiguration, type ProxyName, type ProxyOptions } from "../../src/proxy/index.js"
import { freePort } from "../support/free-port.js"
import { ask, type Asked, certificateFor, recorder } from "./exchange.js"
import { startProxy } from "../support/real-proxy.js"

const proxies: readonly ProxyName[] = ["haproxy", "nginx", "caddy", "apache"]
const host = "example.com"
const address = "203.0.113.7"
const firstInFolder = "1st.example.com"

let folder: string
let port: number
let servers: Server[]
let asked: Asked[]
let askedBelow: Asked[]
let bots: ProxyOptions["bots"]

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "sounder-proxy-"))
  port = await freePort()
  mkdirSync(join(folder, "certs"))
  for (const name of [firstInFolder, host, address]) {
    const { key, cert } = await createCertificate(name)
    writeFileSync(join(folder, "certs", `${name}.pem`), cert + key)
  }
  const places = [await freePort(), await freePort()] as const
  const recorders = [await recorder(places[0]), await recorder(places[1])] as const
  servers = recorders.map(({ server }) => server)
  ;[{ asked }, { asked: askedBelow }] = recorders
  bots = [
    { host, path: "/bot", server: `127.0.0.1:${places[0]}` },
    { host, path: "/bot/below.it", server: `127.0.0.1:${places[1]}` },
  ]
})

afterEach(() => {
  for (const server of servers) server.close()
  rmSync(folder, { recursive: true })
})

function configurationOf(name: ProxyName, more: Partial<ProxyOptions> = {}): string {
  return proxyConfiguration(name, {
    bots,
    listen: `127.0.0.1:${port}`,
    certificates: join(folder, "certs"),
    ...(name === "nginx" ? { user: userInfo().username } : {}),
    ...more,
  })
}

const start = (...[name, context, more]: [ProxyName, Parameters<typeof startProxy>[1], object?]) =>
  startProxy(name, context, { folder, port, configuration: configurationOf(name, more) })

describe.each(proxies)("%s", (name) => {
  test("sends a path and its subpaths to their bot, the longer path first, unchanged", async (context) => {
    await using _ = await start(name, context)
    for (const path of ["/bot", "/bot/", "/bot/x?y=1", "/bot/below.it", "/bot/below.it/x"]) {
      expect(await ask({ port, name: host, path }), path).toBe(200)
    }
    expect(asked.map(({ path }) => path)).toEqual(["/bot", "/bot/", "/bot/x?y=1"])
    expect(askedBelow.map(({ path }) => path)).toEqual(["/bot/below.it", "/bot/below.it/x"])
  })

  // Apache cannot end a connection without a word.
  const refusal = name === "apache" ? 403 : undefined

  test("does not answer unknown paths, or refuses them", async (context) => {
    await using _ = await start(name, context)
    for (const path of ["/", "/bots", "/BOT", "/other/bot"]) {
      expect(await ask({ port, name: host, path }), path).toBe(refusal)
    }
    expect(await ask({ port, name: "unknown.example.com", path: "/bot" })).toBe(refusal)
    expect(await ask({ port, name: "", path: "/bot", host })).toBe(refusal)
    expect([...asked, ...askedBelow]).toEqual([])
  })

  test("sets X-Forwarded-For to the client's address, whatever the client sent", async (context) => {
    await using _ = await start(name, context)
    const headers = { "X-Forwarded-For": "149.154.160.1, 6.6.6.6", "X-Forwarded-Proto": "http" }
    await ask({ port, name: host, path: "/bot", headers })
    expect(asked[0]?.headers).toMatchObject({
      "x-forwarded-for": "127.0.0.1",
      "x-forwarded-proto": "https",
      host,
    })
  })

  test("passes on the secret token, and a body of up to 1 MiB, but no longer one", async (context) => {
    await using _ = await start(name, context)
    const headers = { "X-Telegram-Bot-Api-Secret-Token": "s3cret" }
    const send = (bytes: number) =>
      ask({ port, name: host, path: "/bot", headers, body: "x".repeat(bytes) })
    expect(await send(1_048_576)).toBe(200)
    expect(asked[0]).toMatchObject({ length: 1_048_576 })
    expect(asked[0]?.headers["x-telegram-bot-api-secret-token"]).toBe("s3cret")
    expect([413, 502, undefined]).toContain(await send(1_048_577))
    expect(asked.filter(({ length }) => length > 1_048_576)).toEqual([])
  })

  test("serves an IP address, for which TLS has no server name", async (context) => {
    const byAddress = { host: address, server: bots[0]?.server ?? "" }
    await using _ = await start(name, context, { bots: [...bots, byAddress] })
    expect(await certificateFor(port, "")).toBe(`CN=${address}`)
    expect(await certificateFor(port, host)).toBe(`CN=${host}`)
    expect(await ask({ port, name: "", host: `${address}:${port}` })).toBe(200)
    expect(await ask({ port, name: "", host: "unknown.example.com" })).toBe(refusal)
    expect(asked.map(({ path }) => path)).toEqual(["/hook"])
  })

  test("shows its statistics and its health on request", async (context) => {
    const stats = `127.0.0.1:${await freePort()}`
    await using _ = await start(name, context, { stats })
    expect((await fetch(`http://${stats}/health`)).status).toBe(200)
    const numbers = await fetch(
      `http://${stats}${name === "haproxy" || name === "apache" ? "/" : "/metrics"}`,
    )
    expect(await numbers.text()).toMatch(/haproxy|Active connections|caddy_|Apache Server Status/)
  })
})
