import { once } from "node:events"
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { createServer } from "node:http"
import { tmpdir, userInfo } from "node:os"
import { join } from "node:path"
import { afterEach, beforeEach, describe, expect, test } from "vitest"
import { createCertificate } from "../../src/certificate/index.js"
import { proxyConfiguration } from "../../src/proxy/index.js"
import { DnsServer } from "../support/dns-server.js"
import { freePort } from "../support/free-port.js"
import { programOf, startProxy } from "../support/real-proxy.js"
import { requireServer } from "../support/real-servers.js"
import { untilTrue } from "../support/waiting.js"
import { ask } from "./exchange.js"

const host = "bot1.example.com"
let folder = ""

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "sounder-names-"))
  mkdirSync(join(folder, "certs"))
  const { key, cert } = await createCertificate(host)
  writeFileSync(join(folder, "certs", `${host}.pem`), cert + key)
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** Starts a server at an address of a container; its status tells the test which container has answered. */
async function containerAt(address: string, port: number, status: number) {
  const server = createServer((request, response) => {
    request.resume()
    response.writeHead(status).end()
  })
  await once(server.listen(port, address), "listening")
  return {
    async [Symbol.asyncDispose]() {
      server.close()
      server.closeAllConnections()
      await once(server, "close")
    },
  }
}

describe.each(["haproxy", "nginx"] as const)("%s in front of a container's name", (name) => {
  beforeEach((context) => void requireServer(programOf(name), context))

  test("starts before the name resolves, and follows its address changes", async (context) => {
    const [port, behind] = [await freePort(), await freePort()]
    await using dns = await DnsServer.start({})
    const configuration = proxyConfiguration(name, {
      bots: [{ host, server: `bot1:${behind}` }],
      certificates: join(folder, "certs"),
      listen: `127.0.0.1:${port}`,
      resolver: dns.address,
      ...(name === "nginx" && { user: userInfo().username }),
    })
    await using _ = await startProxy(name, context, { folder, port, configuration })
    const status = () => ask({ port, name: host })
    expect([502, 503]).toContain(await status())
    dns.zone["bot1"] = { A: "127.0.0.2" }
    await using first = await containerAt("127.0.0.2", behind, 401)
    await untilTrue(async () => (await status()) === 401)
    await first[Symbol.asyncDispose]().catch(() => {})
    dns.zone["bot1"] = { A: "127.0.0.3" }
    await using _second = await containerAt("127.0.0.3", behind, 418)
    await untilTrue(async () => (await status()) === 418)
  })
})

describe("names in the configuration", () => {
  const written = (name: "haproxy" | "nginx", server: string, resolver?: string) =>
    proxyConfiguration(name, {
      bots: [{ host, server }],
      certificates: "/etc/certs",
      ...(resolver !== undefined && { resolver }),
    })

  test("localhost is 127.0.0.1 for every proxy, as haproxy would use ::1", () => {
    for (const proxy of ["haproxy", "nginx", "caddy", "apache"] as const) {
      const bots = [{ host, server: "localhost:5000" }]
      const text = proxyConfiguration(proxy, { bots, certificates: "/etc/certs" })
      expect(text).toContain("127.0.0.1:5000")
      expect(text).not.toMatch(/localhost:5000/)
    }
  })

  test("a name without a dot is a container's, and is resolved by Docker's DNS", () => {
    expect(written("nginx", "bot1:8443")).toContain("resolver 127.0.0.11 valid=10s")
    expect(written("haproxy", "bot1:8443")).toContain("nameserver dns 127.0.0.11:53")
    for (const proxy of ["nginx", "haproxy"] as const) {
      expect(written(proxy, "bot1.internal:8443")).not.toContain("resolver")
      expect(written(proxy, "bot1.internal:8443", "10.0.0.2")).toContain("10.0.0.2")
      expect(written(proxy, "127.0.0.1:8443")).not.toContain("resolver")
      expect(() => written(proxy, "bot1:8443", "x; y")).toThrow(/`resolver` option/)
    }
  })
})
