import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { once } from "node:events"
import { connect } from "node:tls"
import { afterEach, beforeEach, describe, expect, test } from "vitest"
import { type CertificateAndKey, createCertificate } from "../../../src/certificate/index.js"
import {
  type CertificateFailed,
  certificateFailed,
  type CertificateLoaded,
  certificateLoaded,
} from "../../../src/events/index.js"
import { makeCertificate } from "../../support/certificates.js"
import { untilTrue } from "../../support/waiting.js"
import { expiredCertificate } from "../../support/issued-certificate.js"
import { BusyBot } from "../../support/busy-bot.js"

const host = "bot.example.com"
const authority = await makeCertificate({ name: "Authority", authority: true })
const issuer = { ...authority, name: "Authority" }

/** Creates a certificate of the authority. */
const issued = (dns = [host]) => makeCertificate({ name: "bot", dns, issuer })

let folder = ""
let bot: BusyBot
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sounder-reload-"))
  bot = await BusyBot.open(host, [authority.cert])
})
afterEach(async () => {
  await bot[Symbol.asyncDispose]()
  await rm(folder, { recursive: true })
})

const inFolder = (name: string) => join(folder, name)
const files = () => ({ key: inFolder("private.key"), cert: inFolder("cert.pem") })

async function write({ key, cert }: CertificateAndKey): Promise<void> {
  await writeFile(inFolder("private.key"), key)
  await writeFile(inFolder("cert.pem"), cert)
}

/** Replaces a file atomically, as careful programs do. */
async function replace(name: string, text: string): Promise<void> {
  await writeFile(inFolder("new"), text)
  await rename(inFolder("new"), inFolder(name))
}

/** Returns the certificate that a new client gets. */
async function shown(): Promise<string> {
  const options = { port: bot.port, servername: host, rejectUnauthorized: false }
  const socket = connect(options)
  await once(socket, "secureConnect")
  const { raw } = socket.getPeerCertificate()
  socket.destroy()
  return raw.toString("base64")
}

function body(pem: string): string {
  return /CERTIFICATE-----([^-]+)/.exec(pem)?.[1]?.replaceAll(/\s/g, "") ?? ""
}

async function untilShown({ cert }: CertificateAndKey): Promise<void> {
  await untilTrue(async () => (await shown()) === body(cert))
}

const uploads = () => bot.telegram.calls.filter(({ method }) => method === "setWebhook").length

describe("a certificate whose files change", () => {
  test("is served to new clients, however its files are replaced", async () => {
    await write(await issued())
    await bot.start(files())
    const written = await issued()
    await write(written)
    await untilShown(written)
    const certFirst = await issued()
    await replace("cert.pem", certFirst.cert)
    await replace("private.key", certFirst.key)
    await untilShown(certFirst)
    const keyFirst = await issued()
    await replace("private.key", keyFirst.key)
    await replace("cert.pem", keyFirst.cert)
    await untilShown(keyFirst)
    expect(bot.warnings.filter((text) => /cannot be used/.test(text))).toEqual([])
  })

  test("is followed through a symbolic link that changes, as in Kubernetes", async () => {
    const [first, second] = [await issued(), await issued()]
    for (const [name, pair] of [["one", first] as const, ["two", second] as const]) {
      await mkdir(inFolder(name))
      await writeFile(inFolder(`${name}/private.key`), pair.key)
      await writeFile(inFolder(`${name}/cert.pem`), pair.cert)
    }
    await symlink("one", inFolder("..data"))
    for (const name of ["private.key", "cert.pem"]) {
      await symlink(`..data/${name}`, inFolder(name))
    }
    await bot.start(files())
    await untilShown(first)
    await symlink("two", inFolder("..new"))
    await rename(inFolder("..new"), inFolder("..data"))
    await untilShown(second)
  })

  test("is followed through links into an archive, as by certbot", async () => {
    const pairs = [await issued(), await issued()]
    await mkdir(inFolder("archive"))
    const link = async (name: string, target: string) => {
      await symlink(`archive/${target}`, inFolder("new"))
      await rename(inFolder("new"), inFolder(name))
    }
    for (const [index, pair] of pairs.entries()) {
      await writeFile(inFolder(`archive/private${index}.key`), pair.key)
      await writeFile(inFolder(`archive/cert${index}.pem`), pair.cert)
      await link("private.key", `private${index}.key`)
      await link("cert.pem", `cert${index}.pem`)
      if (index === 0) await bot.start(files())
      await untilShown(pair)
    }
  })
})

describe("an unusable file leaves the old certificate in use, and is logged once with its fault", () => {
  const faults: Record<string, readonly [() => Promise<Partial<CertificateAndKey>>, RegExp]> = {
    "a broken one": [async () => ({ cert: "-----BEGIN CERTIFICATE-----\nMII" }), /not PEM|damaged/],
    "an empty one": [async () => ({ cert: "" }), /contains no PEM text/],
    "another's key": [async () => ({ key: (await issued()).key }), /does not belong/],
    "one for another name": [() => issued(["other.example.com"]), /names .*other\.example\.com/],
    "an authority's": [async () => authority, /belongs to an authority/],
  }

  test.each(Object.entries(faults))("%s", async (_, [make, message]) => {
    const good = await issued()
    await write(good)
    await bot.start(files())
    bot.said.length = 0
    await write({ ...good, ...(await make()) })
    await untilTrue(() => bot.warnings.length > 0)
    expect(bot.warnings).toEqual([expect.stringMatching(message)])
    expect(bot.warnings[0]).toContain("the old content stays in use")
    expect(await shown()).toBe(body(good.cert))
    // Another file changes: the certificate is checked again, and not logged again.
    await writeFile(inFolder("other"), "")
    const better = await issued()
    await write(better)
    await untilShown(better)
    expect(bot.warnings).toHaveLength(1)
  })

  test("an expired certificate", async (context) => {
    const good = await createCertificate(host)
    await write(good)
    await bot.start(files())
    bot.said.length = 0
    await mkdir(inFolder("old"))
    await write(await expiredCertificate(inFolder("old"), host, context))
    await untilTrue(() => bot.warnings.length > 0)
    expect(bot.warnings).toEqual([expect.stringMatching(/expired on/)])
    expect(await shown()).toBe(body(good.cert))
    expect(uploads()).toBe(1)
  })

  test("and the served and the refused certificate are published", async () => {
    const loaded: CertificateLoaded[] = []
    const failed: CertificateFailed[] = []
    const ends = [
      certificateLoaded.subscribe((message) => loaded.push(message)),
      certificateFailed.subscribe((message) => failed.push(message)),
    ]
    const good = await issued()
    await write(good)
    await bot.start(files())
    await untilTrue(() => loaded.length === 1)
    expect(loaded[0]).toMatchObject({ hosts: [host], notAfter: expect.any(Date) })
    await write({ ...good, cert: "" })
    await untilTrue(() => failed.length === 1)
    await write(await issued())
    await untilTrue(() => loaded.length === 2)
    for (const end of ends) end()
  })

  test("a missing file", async () => {
    const good = await issued()
    await write(good)
    await bot.start(files())
    bot.said.length = 0
    await rm(files().cert)
    await untilTrue(() => bot.warnings.length > 0)
    expect(bot.warnings).toEqual([expect.stringMatching(/there is no such file/)])
    expect(await shown()).toBe(body(good.cert))
  })
})

describe("under load", () => {
  test("no request fails while the certificate of an authority is replaced", async () => {
    await write(await issued())
    await bot.start(files())
    bot.said.length = 0
    bot.write()
    for (let round = 0; round < 8; round++) {
      await bot.more(40)
      const next = await issued()
      await write(next)
      await untilShown(next)
    }
    await bot.more(40)
    const sent = await bot.calm()
    expect(bot.failed).toEqual([])
    expect(bot.heard.length).toBe(sent)
    expect(uploads()).toBe(1)
    expect(bot.warnings).toEqual([])
  })

  test("a self-signed certificate is sent to Telegram, which trusts the served one at every moment", async () => {
    await write(await createCertificate(host))
    await bot.start(files())
    bot.said.length = 0
    bot.write()
    for (let round = 1; round <= 3; round++) {
      await bot.more(40)
      const before = uploads()
      const next = await createCertificate(host)
      await write(next)
      await untilShown(next)
      await untilTrue(() => uploads() >= before + 2)
    }
    await bot.more(40)
    const sent = await bot.calm()
    // A delivery interrupted by the change is repeated: no error is recorded.
    expect(bot.failed.filter(({ error }) => error !== undefined)).toEqual([])
    expect(new Set(bot.heard).size).toBe(sent)
    expect(bot.heard.length).toBe(sent)
    expect((await bot.updater.bot.getWebhookInfo()).last_error_message).toBeUndefined()
  })
})

describe("a change of the kind", () => {
  test("from self-signed to publicly trusted, and back, is reported to Telegram", async () => {
    await write(await createCertificate(host))
    await bot.start(files())
    const info = () => bot.updater.bot.getWebhookInfo()
    expect((await info()).has_custom_certificate).toBe(true)
    const middle = await makeCertificate({ name: "Middle", authority: true, issuer })
    const below = { name: host, dns: [host], issuer: { ...middle, name: "Middle" } }
    const { key, cert } = await makeCertificate(below)
    await write({ key, cert: `${cert}\n${middle.cert}` })
    await untilTrue(async () => !(await info()).has_custom_certificate)
    bot.write(1)
    await bot.more(3)
    await write(await createCertificate(host))
    await untilTrue(async () => (await info()).has_custom_certificate)
    await bot.more(3)
    await bot.calm()
  })

  test("a bot with a revoked token does not delay a new certificate", async () => {
    await write(await createCertificate(host))
    await bot.start(files())
    bot.telegram.fault("setWebhook", { status: 401 }, 100)
    const next = await createCertificate(host)
    await write(next)
    await untilShown(next)
    expect(bot.warnings).toContainEqual(expect.stringMatching(/refuses the webhook's/))
  })

  test("while Telegram cannot be told, the old certificate stays in use", async () => {
    const first = await createCertificate(host)
    await write(first)
    await bot.start(files())
    bot.telegram.fault("setWebhook", { status: 500 }, 100)
    const next = await createCertificate(host)
    await write(next)
    await untilTrue(() => bot.warnings.some((text) => /the old content stays in use/.test(text)))
    expect(await shown()).toBe(body(first.cert))
    bot.telegram.clearFaults()
    await writeFile(inFolder("something"), "")
    await untilShown(next)
  })
})
