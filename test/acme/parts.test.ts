import { spawn } from "node:child_process"
import { once } from "node:events"
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises"
import { hostname, tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { afterEach, beforeEach, describe, expect, test } from "vitest"
import { AcmeCertificate } from "../../src/acme/acme-certificate.js"
import { AcmeFolder } from "../../src/acme/acme-folder.js"
import { AcmeRefusal, explainAcme } from "../../src/acme/acme-problem.js"
import { withFolderLock } from "../../src/acme/folder-lock.js"
import { renewalTime } from "../../src/acme/renewal-time.js"
import { silentLogger } from "../../src/ground/logger.js"
import { acmeSource } from "../../src/node-server/tls/acme-source.js"
import { SounderError } from "../../src/telegram/errors.js"
import { makeCertificate } from "../support/certificates.js"
import { createCertificate } from "../../src/certificate/index.js"
import { deferred } from "../support/waiting.js"

const dayMs = 24 * 60 * 60 * 1000

describe("a renewal", () => {
  test.each([6, 90, 3650])(
    "begins after two thirds of a lifetime of %i days, or slightly earlier",
    async (days) => {
      const { cert } = await createCertificate("bot.example.com", { days })
      const part = (random: number) =>
        (renewalTime(cert, 0.67, random).getTime() - Date.now()) / (days * dayMs)
      expect(part(0)).toBeGreaterThan(0.65)
      expect(part(0)).toBeLessThan(0.68)
      expect(part(1)).toBeGreaterThan(0.6)
      expect(part(1)).toBeLessThan(0.63)
    },
  )
})

describe("the lock of a folder", () => {
  let folder = ""
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "sounder-lock-"))
  })
  afterEach(() => rm(folder, { recursive: true }))
  const { signal } = new AbortController()

  test("is held by one process at a time", async () => {
    let running = 0
    let most = 0
    const work = async () => {
      most = Math.max(most, ++running)
      await Promise.resolve()
      running -= 1
    }
    await Promise.all([1, 2, 3].map(() => withFolderLock(folder, signal, work)))
    expect(most).toBe(1)
    expect(await readdir(folder)).toEqual([])
  })

  test("of a dead process is no obstacle", async () => {
    const dead = spawn(process.execPath, ["-e", ""])
    await once(dead, "exit")
    for (const pid of [dead.pid, process.pid]) {
      await writeFile(join(folder, "lock"), `${pid} ${hostname()}\n`)
      expect(await withFolderLock(folder, signal, async () => "done")).toBe("done")
    }
  })

  test("of a living process is awaited until an abort", async () => {
    await writeFile(join(folder, "lock"), `${process.ppid} ${hostname()}\n`)
    const abort = new AbortController()
    const waiting = withFolderLock(folder, abort.signal, async () => "done")
    abort.abort(new Error("enough"))
    await expect(waiting).rejects.toThrow("enough")
    expect(await readdir(folder)).toEqual(["lock"])
  })

  test("is released when the work fails", async () => {
    const begun = deferred()
    const work = async () => {
      begun.resolve()
      throw new Error("no")
    }
    await expect(withFolderLock(folder, signal, work)).rejects.toThrow("no")
    await begun.promise
    expect(await readdir(folder)).toEqual([])
  })
})

describe("a refusal is explained with advice", () => {
  const context = {
    hosts: ["bot.example.com"],
    directory: new URL("https://acme.example/directory"),
    challenge: "http-01" as const,
    httpPort: 8080,
  }
  const explained = (type: string, detail: string, retryAfter?: number) =>
    explainAcme(
      new AcmeRefusal({ type: `urn:ietf:params:acme:error:${type}`, detail }, retryAfter),
      context,
    ).message

  test.each([
    ["rateLimited", "too many certificates", /exhausted for 60 min.*`staging`/],
    ["caa", "CAA forbids it", /CAA record.*acme\.example/],
    ["dns", "NXDOMAIN", /A record/],
    ["unauthorized", "404", /answered in place of this bot: port 80 .* port 8080/],
    ["externalAccountRequired", "no account", /externalAccount/],
    ["serverInternal", "oops", /tries again later/],
  ])("%s", (type, detail, advice) => {
    const message = explained(type, detail, 3600)
    expect(message).toMatch(/^No certificate for bot\.example\.com from acme\.example: /)
    expect(message).toContain(detail)
    expect(message).toMatch(advice)
  })

  test("the host at fault is named among several", () => {
    const problem = {
      type: "urn:ietf:params:acme:error:compound",
      detail: "some failed",
      subproblems: [
        {
          type: "urn:ietf:params:acme:error:caa",
          detail: "not here",
          identifier: { value: "b.example.com" },
        },
      ],
    }
    const { message } = explainAcme(new AcmeRefusal(problem), context)
    expect(message).toMatch(/some failed; b\.example\.com: not here\. A CAA record/)
  })
})

describe("the folder of certificates", () => {
  let folder = ""
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "sounder-acme-"))
  })
  afterEach(() => rm(folder, { recursive: true }))
  const hosts = ["bot.example.com"]
  const directory = "https://127.0.0.1:1/dir"

  test.each([
    [
      "in whose place a file is",
      async (path: string) => {
        await mkdir(dirname(path))
        await writeFile(path, "")
      },
    ],
    ["in whose way a file is", (path: string) => writeFile(dirname(path), "")],
  ])("%s is named, with advice", async (_, block) => {
    const blocked = join(folder, "of", "bot")
    await block(blocked)
    const source = new AcmeCertificate({
      hosts,
      directory,
      termsOfServiceAgreed: true,
      folder: blocked,
      logger: silentLogger,
    })
    const { ready, stop } = source.watch(async () => {})
    await expect(ready).rejects.toThrow(SounderError)
    await expect(ready).rejects.toThrow(/folder .* of the `acme` option: .*another folder/)
    await stop()
  })

  test.each([
    ["is valid", {}, 1],
    ["is not valid yet, as the clock of this machine is slow", { notYet: true }, 1],
    ["has expired", { expired: true }, 0],
  ])("keeps a certificate that %s: %j", async (_, change, count) => {
    const issuer = { name: "Authority", ...(await makeCertificate({ name: "Authority" })) }
    const name = "bot.example.com"
    const kept = await makeCertificate({ name, dns: hosts, issuer, ...change })
    const options = { hosts, directory, folder, termsOfServiceAgreed: true as const }
    await new AcmeFolder({ hosts, folder, directory: new URL(directory) }).writeCertificate(kept)
    expect(await new AcmeCertificate({ ...options, logger: silentLogger }).load()).toHaveLength(
      count,
    )
  })
})

test.each([
  ["https://example.com:80/hook", 80, {}],
  ["https://example.com:8443/hook", 80, {}],
  ["https://example.com/hook", 8080, { challenge: "http-01", httpPort: 8080 }],
] as const)(
  "%s on port %i with %j is refused: the server would hold the port",
  async (url, serverPort, more) => {
    const acme = { termsOfServiceAgreed: true, ...more } as const
    const asked = acmeSource(acme, { url: new URL(url), serverPort, logger: silentLogger })
    await expect(asked).rejects.toThrow(/`port` option.*http-01/)
  },
)
