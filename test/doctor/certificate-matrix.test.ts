import { once } from "node:events"
import { createServer, type Server } from "node:https"
import { beforeAll, expect, test } from "vitest"
import { Bot } from "../../src/bot/index.js"
import { certificateProblems } from "../../src/certificate/index.js"
import { examine } from "../../src/doctor/index.js"
import { Simulator } from "@sounder/simulator"
import { ApiError } from "../../src/telegram/errors.js"
import { InputFile } from "../../src/telegram/input-file.js"
import { type Certificate, makeCertificate } from "../support/certificates.js"
import { freePort } from "../support/free-port.js"
import { untilTrue } from "../support/waiting.js"

const name = "bot.example.com"
const address = "149.154.1.1"

type Authority = Certificate & { readonly name: string }
let root: Authority
let upper: Authority
let lower: Authority
let leaf: Certificate
let direct: Certificate

beforeAll(async () => {
  root = await authority("A Root")
  upper = await authority("An Upper Authority", root)
  lower = await authority("A Lower Authority", upper)
  leaf = await makeCertificate({ name, dns: [name], issuer: lower })
  direct = await makeCertificate({ name, dns: [name], issuer: root })
})

async function authority(own: string, issuer?: Authority): Promise<Authority> {
  const made = await makeCertificate({ name: own, authority: true, ...(issuer && { issuer }) })
  return { ...made, name: own }
}

type Traits = Omit<Parameters<typeof makeCertificate>[0], "issuer" | "authority">

/**
 * Per kind: the certificate's host, and whether the certificate works uploaded, and from an
 * authority.
 */
const kinds: readonly (readonly [string, string, Traits, uploaded: boolean, issued: boolean])[] = [
  ["right, for a name", name, { name, dns: [name] }, true, true],
  ["right, for an address", address, { name: address, dns: [address], ip: [address] }, true, true],
  ["wrong name", name, { name: "other.org", dns: ["other.org"] }, false, false],
  ["wrong address", address, { name: "8.8.8.8", dns: ["8.8.8.8"], ip: ["8.8.8.8"] }, false, false],
  ["common name only", name, { name }, true, true],
  ["common name right, alternative name another", name, { name, dns: ["other.org"] }, false, false],
  ["alternative name only", name, { name: "anything", dns: [name] }, true, true],
  ["wildcard one level above", name, { name: "anything", dns: ["*.example.com"] }, true, true],
  ["wildcard two levels above", name, { name: "anything", dns: ["*.com"] }, false, false],
  ["address as common name", address, { name: address }, true, false],
  ["address as name", address, { name: "anything", dns: [address] }, true, false],
  ["address as address", address, { name: "anything", ip: [address] }, false, true],
  ["address as common name and as address", address, { name: address, ip: [address] }, true, true],
  [
    "address as common name and as address, beside a name",
    address,
    { name: address, dns: ["example.com"], ip: [address] },
    false,
    true,
  ],
  ["expired", name, { name, dns: [name], expired: true }, false, false],
  ["not yet valid", name, { name, dns: [name], notYet: true }, false, false],
  ["not for servers", name, { name, dns: [name], usage: "clientAuth" }, false, false],
]

test.for(kinds)("%s", async ([, host, traits, whenUploaded, whenIssued]) => {
  const own = await makeCertificate(traits)
  const issued = await makeCertificate({ ...traits, issuer: root })
  const withRoot = sent(issued, root)
  await expectVerdicts({ ...own, host, uploaded: true }, whenUploaded)
  await expectVerdicts({ ...own, host, uploaded: false }, false)
  await expectVerdicts({ ...issued, host, uploaded: false }, whenIssued)
  await expectVerdicts({ ...withRoot, host, uploaded: true }, whenUploaded)
})

/** `cert` is the served and, if there is one, the uploaded certificate. */
interface Cell {
  readonly cert: string
  readonly key: string
  readonly host: string
  readonly uploaded: boolean
}

const chains: readonly (readonly [string, () => Omit<Cell, "host">, works: boolean])[] = [
  ["a whole chain", () => served(leaf, lower, upper), true],
  ["a whole chain with its root", () => served(leaf, lower, upper, root), true],
  ["an authority everybody trusts, directly", () => served(direct), true],
  ["missing intermediates", () => served(leaf), false],
  ["a missing upper intermediate", () => served(leaf, lower), false],
  ["issuers in the wrong order", () => served(leaf, upper, lower), true],
  ["the server's own at the end", () => ({ ...served(lower, upper, leaf), key: leaf.key }), false],
  ["an uploaded chain without its root", () => sent(leaf, lower, upper), false],
  ["an uploaded chain with its root", () => sent(leaf, lower, upper, root), true],
  ["an authority's uploaded by mistake", () => ({ ...sent(root), key: direct.key }), false],
  ["an authority's with its own key", () => sent(root), false],
  ["a public one uploaded by mistake", () => sent(direct), false],
  [
    "two certificates on one line",
    () => ({ ...sent(direct), cert: direct.cert + root.cert }),
    false,
  ],
  ["a key that does not fit", () => ({ ...sent(direct, root), key: leaf.key }), false],
]

function served(own: Certificate, ...others: Certificate[]): Omit<Cell, "host"> {
  const cert = [own, ...others].map((one) => `${one.cert}\n`).join("")
  return { cert, key: own.key, uploaded: false }
}

function sent(own: Certificate, ...others: Certificate[]): Omit<Cell, "host"> {
  return { ...served(own, ...others), uploaded: true }
}

test.for(chains)("%s", async ([, cellOf, works]) => {
  await expectVerdicts({ ...cellOf(), host: name }, works)
})

/** Checks that the start, the doctor and Telegram agree. */
async function expectVerdicts(cell: Cell, works: boolean): Promise<void> {
  const { cert, key, host, uploaded } = cell
  const authorities = [root.cert]
  const problems = certificateProblems({ cert, key, host, uploaded, authorities })
  const port = await freePort()
  const server = serverWith(cell)
  server?.on("tlsClientError", () => {}) // every client reports the error
  if (server) await once(server.listen(port, "127.0.0.1"), "listening")
  const hosts = { [`${host}:443`]: `127.0.0.1:${port}` }
  try {
    await using telegram = await Simulator.start({ authorities, hosts })
    const account = telegram.bot()
    await using bot = new Bot(account.token, { apiRoot: telegram.apiRoot })
    const isDelivered = await delivers(telegram, bot, cell)
    const doctor = await examine(undefined, {
      bot,
      hosts,
      authorities,
      timeoutMs: 6_000,
      ...(uploaded ? { cert } : {}),
    })
    const verdicts = {
      beforeStart: problems.length === 0,
      doctor: doctor.findings.every(({ level }) => level !== "fault"),
      telegram: isDelivered,
    }
    const what = JSON.stringify({ uploaded, problems, findings: doctor.findings }, undefined, 1)
    expect(verdicts, what).toEqual({ beforeStart: works, doctor: works, telegram: works })
  } finally {
    server?.closeAllConnections()
    server?.close()
  }
}

/** Returns whether Telegram delivers an update, or records that it cannot. */
async function delivers(telegram: Simulator, bot: Bot, cell: Cell): Promise<boolean> {
  const { cert, host, uploaded } = cell
  const certificate = InputFile.bytes(Buffer.from(cert), { filename: "cert.pem" })
  try {
    await bot.setWebhook({ url: `https://${host}/`, ...(uploaded && { certificate }) })
  } catch (error) {
    if (error instanceof ApiError) return false
    throw error
  }
  await telegram.user().send(telegram.bot({ token: bot.token }), "hi")
  await untilTrue(async () => {
    const { last_error_date: date, pending_update_count: count } = await bot.getWebhookInfo()
    return date !== undefined || count === 0
  })
  return (await bot.getWebhookInfo()).last_error_date === undefined
}

/** Returns a server; `undefined` if the key does not match the first certificate. */
function serverWith({ cert, key }: Cell): Server | undefined {
  try {
    const server = createServer({ cert, key }, (_, response) => void response.end())
    server.keepAliveTimeout = 75_000
    return server
  } catch {
    return undefined
  }
}
