import { X509Certificate } from "node:crypto"
import { mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { once } from "node:events"
import { connect } from "node:tls"
import { afterEach, beforeEach, describe, expect, test } from "vitest"
import { AcmeCertificate, type AcmeOptions } from "../../src/acme/index.js"
import { silentLogger } from "../../src/ground/logger.js"
import { WebhookServer } from "../../src/node-server/webhook-server.js"
import { freePort } from "../support/free-port.js"
import { Pebble, type PebbleOptions } from "../support/pebble.js"
import type { Skippable } from "../support/leave-out.js"

const host = "bot.example.com"
let folder = ""
let port = 0
let httpPort = 0
let pebble: Pebble | undefined
let server: WebhookServer | undefined
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sounder-acme-"))
  port = await freePort()
  httpPort = await freePort()
})
afterEach(async () => {
  await server?.close()
  await pebble?.[Symbol.asyncDispose]()
  server = pebble = undefined
  await rm(folder, { recursive: true })
})

async function authority(context: Skippable, options: PebbleOptions = {}): Promise<Pebble> {
  pebble = await Pebble.start(context, { tlsPort: port, httpPort, ...options })
  return pebble
}

function source({ directory, directoryCa }: Pebble, more: Partial<AcmeOptions> = {}) {
  return new AcmeCertificate({
    hosts: [host],
    email: "bot@example.com",
    termsOfServiceAgreed: true,
    directory,
    directoryCa,
    folder,
    httpPort,
    httpListen: "127.0.0.1",
    logger: silentLogger,
    ...more,
  })
}

async function serve(certificate: AcmeCertificate): Promise<void> {
  server = new WebhookServer({ port, certificates: [certificate] })
  await server.start()
}

/** Returns the certificate served for a host, validated with a public authority. */
async function shown(ca: string, servername: string): Promise<X509Certificate> {
  const socket = connect({ port, ca, servername, checkServerIdentity: () => undefined })
  await once(socket, "secureConnect")
  const { raw } = socket.getPeerCertificate()
  socket.destroy()
  return new X509Certificate(raw)
}

async function filesOf(path: string): Promise<string[]> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true })
  return entries.filter((entry) => entry.isFile()).map(({ name }) => name)
}

describe.each(["tls-alpn-01", "http-01"] as const)("a first certificate by %s", (challenge) => {
  test("is issued for a name and served with its chain", async (context) => {
    const ca = await authority(context)
    await serve(source(ca, { challenge }))
    const certificate = await shown(await ca.root(), host)
    expect(certificate.subjectAltName).toBe(`DNS:${host}`)
  })

  test("is issued for an IP address", async (context) => {
    const ca = await authority(context)
    await serve(source(ca, { challenge, hosts: ["127.0.0.1"] }))
    const certificate = await shown(await ca.root(), "")
    expect(certificate.subjectAltName).toBe("IP Address:127.0.0.1")
  })

  test("is issued for several hosts at once", async (context) => {
    const ca = await authority(context)
    await serve(source(ca, { challenge, hosts: [host, "other.example.com"] }))
    for (const name of [host, "other.example.com"]) {
      const certificate = await shown(await ca.root(), name)
      expect(certificate.checkHost(name)).toBe(name)
    }
  })
})

describe("the folder", () => {
  test("stores account and certificate readable by this user only", async (context) => {
    const ca = await authority(context)
    await serve(source(ca))
    const authorityFolder = join(folder, `127.0.0.1-${ca.port}-dir`)
    expect((await filesOf(folder)).toSorted()).toEqual(["account.json", `${host}.pem`])
    expect((await stat(authorityFolder)).mode & 0o777).toBe(0o700)
    for (const name of ["account.json", `${host}.pem`]) {
      expect((await stat(join(authorityFolder, name))).mode & 0o777).toBe(0o600)
    }
  })

  test("makes the authority unnecessary after a restart", async (context) => {
    const ca = await authority(context)
    await serve(source(ca))
    const before = await shown(await ca.root(), host)
    await server?.close()
    const root = await ca.root()
    await ca.stopAuthority()
    await serve(source(ca))
    expect((await shown(root, host)).fingerprint).toBe(before.fingerprint)
  })

  test("provides its account for the next order", async (context) => {
    const ca = await authority(context)
    await serve(source(ca))
    await server?.close()
    const account = join(folder, `127.0.0.1-${ca.port}-dir`, "account.json")
    const before = await readFile(account, "utf8")
    await serve(source(ca, { hosts: ["other.example.com"] }))
    expect(await readFile(account, "utf8")).toBe(before)
  })

  test("works with an authority that no longer knows the account", async (context) => {
    const ca = await authority(context)
    await serve(source(ca))
    await server?.close()
    await ca.stopAuthority()
    const again = await Pebble.start(context, { port: ca.port, tlsPort: port })
    try {
      await serve(source(again, { hosts: ["other.example.com"] }))
      expect((await shown(await again.root(), "other.example.com")).subjectAltName).toMatch(/other/)
    } finally {
      await again[Symbol.asyncDispose]()
    }
  })

  test("is shared by processes that start at the same time: one orders, all serve", async (context) => {
    const ca = await authority(context)
    const others = [await freePort(), await freePort()]
    const servers = [port, ...others].map(
      (one) =>
        new WebhookServer({ port: one, certificates: [source(ca, { challenge: "http-01" })] }),
    )
    await Promise.all(servers.map((one) => one.start()))
    const served = await Promise.all(servers.map((one) => one.certificateFor(host)))
    await Promise.all(servers.map((one) => one.close()))
    expect(new Set(served.map((pair) => pair?.cert)).size).toBe(1)
    expect(await filesOf(folder)).not.toContain("lock")
  })
})

describe("a first certificate that cannot be issued ends the start with the reason", () => {
  async function failure(certificate: AcmeCertificate): Promise<Error> {
    const started = serve(certificate)
    const error: unknown = await started.then(
      () => new Error("it started"),
      (reason: unknown) => reason,
    )
    expect(error).toMatchObject({ name: "SounderError", code: "acme-failed" })
    expect(server?.address).toBeUndefined()
    return error as Error // `authorized` was just checked
  }

  test("the port of the challenge leads elsewhere", async (context) => {
    const ca = await authority(context, { tlsPort: await freePort(), httpPort: await freePort() })
    const byTls = await failure(source(ca))
    expect(byTls.message).toMatch(/failed to connect.*port 443 of bot\.example\.com has to reach/i)
    const byHttp = await failure(source(ca, { challenge: "http-01" }))
    expect(byHttp.message).toMatch(
      /(failed to connect|connection refused).*port 80 of bot\.example\.com has to reach/i,
    )
  })

  test("the name is not in DNS", async (context) => {
    const ca = await authority(context)
    await ca.dns("set-servfail", { host })
    const { message } = await failure(source(ca))
    expect(message).toMatch(/could not resolve.*A record/i)
  })

  test("the authority refuses the name", async (context) => {
    const ca = await authority(context, { blocked: [host] })
    const { message } = await failure(source(ca))
    expect(message).toMatch(/forbidden by policy.*issues no certificate for this host/i)
  })

  test("the authority is unreachable, or not trusted", async (context) => {
    const ca = await authority(context)
    const untrusted = await failure(source(ca, { directoryCa: undefined }))
    expect(untrusted.message).toMatch(/does not trust the certificate.*directoryCa/)
    await ca.stopAuthority()
    const gone = await failure(source(ca))
    expect(gone.message).toMatch(/ECONNREFUSED.*cannot reach the authority/)
  })
})

describe("stopping", () => {
  test("closing a server that waits for the authority ends the wait at once", async (context) => {
    const ca = await authority(context, { refusedNonces: 95 })
    const started = serve(source(ca)).catch((error: unknown) => error)
    await server?.close()
    await started
    expect(await filesOf(folder)).not.toContain("lock")
  })
})
