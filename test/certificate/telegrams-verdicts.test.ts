import { once } from "node:events"
import { createServer, type Server } from "node:https"
import { afterAll, beforeAll, expect, test } from "vitest"
import { Bot } from "../../src/bot/index.js"
import { certificateProblems, judgeCertificate } from "../../src/certificate/index.js"
import { Simulator } from "@sounder/simulator"
import { ApiError } from "../../src/telegram/errors.js"
import { InputFile } from "../../src/telegram/input-file.js"
import { freePort } from "../support/free-port.js"
import { findProgram, requireServer } from "../support/real-servers.js"
import { untilTrue } from "../support/waiting.js"
import { type CertificateRow, certificateRows } from "./certificate-rows.js"
import { doctor, inspect, openssl, start, telegramAndLog, type Verdict } from "./judges.js"
import { Workshop } from "./workshop.js"

let workshop: Workshop | undefined
let rows: readonly CertificateRow[] = []

beforeAll(async () => {
  if (findProgram("openssl") === undefined) return
  workshop = await Workshop.open()
  rows = await certificateRows(workshop)
})
afterAll(() => workshop?.[Symbol.asyncDispose]())

test("every certificate is judged as by Telegram's own server", async (context) => {
  requireServer("openssl", context)
  const verdicts: Record<string, unknown> = {}
  const expected: Record<string, unknown> = {}
  for (const row of rows) {
    const { name, isAccepted } = row
    verdicts[name] = await verdictsOn(row)
    expected[name] = { words: isAccepted, wordsAndHandshake: isAccepted, simulator: isAccepted }
  }
  expect(rows.length).toBeGreaterThanOrEqual(148)
  expect(verdicts).toEqual(expected)
})

async function verdictsOn(row: CertificateRow) {
  const { cert, key, host, authorities } = row
  const uploaded = row.uploaded !== undefined
  const judged = { cert: row.judged ?? row.uploaded ?? cert, key, host, uploaded, authorities }
  return {
    words: certificateProblems(judged).length === 0,
    wordsAndHandshake: (await judgeCertificate(judged)).length === 0,
    simulator: await isDelivered(row),
  }
}

/** Returns whether the simulator, in Telegram's place, delivers an update. */
async function isDelivered({ cert, key, host, uploaded, authorities }: CertificateRow) {
  const port = await freePort()
  const server = serverWith(cert, key)
  if (!server) return false
  await once(server.listen(port, "127.0.0.1"), "listening")
  const hosts = { [`${host.toLowerCase()}:443`]: `127.0.0.1:${port}` }
  try {
    await using telegram = await Simulator.start({ authorities, hosts })
    const account = telegram.bot()
    await using bot = new Bot(account.token, { apiRoot: telegram.apiRoot })
    return await isSentTo(telegram, bot, host, uploaded)
  } finally {
    server.closeAllConnections()
    server.close()
  }
}

async function isSentTo(telegram: Simulator, bot: Bot, host: string, uploaded: string | undefined) {
  const certificate = InputFile.bytes(Buffer.from(uploaded ?? ""), { filename: "cert.pem" })
  const upload = uploaded !== undefined && { certificate }
  try {
    await bot.setWebhook({ url: `https://${host}/`, ...upload })
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

/** Returns a server; `undefined` if Node refuses the certificate. */
function serverWith(cert: string, key: string): Server | undefined {
  try {
    const server = createServer({ cert, key }, (_, response) => void response.end())
    server.on("tlsClientError", () => {}) // the simulator reports the error
    return server
  } catch {
    return undefined
  }
}

/** The faults on which judges have disagreed, and others with the same message of Telegram's. */
const disputed = [
  "a TRUSTED CERTIFICATE",
  "a TRUSTED CERTIFICATE that rejects servers",
  "a chain with its root, uploaded",
  "an own root behind the leaf, not uploaded",
  "the leaf alone",
  "an expired intermediate",
  "an intermediate of tomorrow",
  "a chain that ends with a cross-signed root",
  "six days, just issued",
  "secp256k1",
  "P-224",
  "issued with SHA-1",
  "RSA of 512 bits",
  "RSA of 1024 bits",
  "no name at all",
  "another name",
  "expired yesterday",
  "for the signing of certificates only",
  "its key",
  "its request",
  "an empty file",
] as const

type Judge = "start" | "inspect" | "doctor" | "telegram" | "log" | "openssl"
const judges: readonly Judge[] = ["start", "inspect", "doctor", "telegram", "log", "openssl"]

/** The judges with explanations for users; Telegram and OpenSSL have their own messages. */
const explaining: readonly Judge[] = ["start", "inspect", "doctor", "log"]

/** A correct verdict of one judge that differs from the others, with its reason. */
interface Exception {
  readonly judges: readonly Judge[]
  readonly because: string
  readonly isAccepted?: boolean
}

const noCurves: Exception = {
  judges: ["openssl"],
  because: "the curves of a handshake are no part of a chain",
  isAccepted: true,
}
const notSent: Exception = {
  judges: ["log"],
  because: "setWebhook is refused, so that no delivery fails",
}
const notServed: Exception = {
  judges: ["doctor", "log"],
  because: "Node starts no server with it",
}
const exceptions: Partial<Record<(typeof disputed)[number], Exception>> = {
  "an own root behind the leaf, not uploaded": {
    judges: ["start", "inspect", "doctor"],
    because: "where nobody says otherwise, they take it for one that is uploaded",
    isAccepted: true,
  },
  secp256k1: noCurves,
  "P-224": noCurves,
  "RSA of 512 bits": notServed,
  "issued with SHA-1": notServed,
  "its key": notSent,
  "its request": notSent,
  "an empty file": notSent,
}

test("six judges agree on each disputed file, and all explanations name the same cause", async (context) => {
  const program = requireServer("openssl", context)
  const table: Record<string, unknown> = {}
  const expected: Record<string, unknown> = {}
  for (const name of disputed) {
    const row = rows.find((one) => one.name === name)
    if (!row) throw new Error(`There is no row of ${name}`)
    const found: Record<Judge, Verdict> = {
      start: await start(row),
      inspect: inspect(row),
      doctor: await doctor(row),
      ...(await telegramAndLog(row)),
      openssl: await openssl(program, row),
    }
    for (const judge of judges) {
      table[`${name}: ${judge}`] = shownVerdict(row, judge, found[judge])
      expected[`${name}: ${judge}`] = expectedVerdict(row, judge, exceptions[name])
    }
  }
  expect(table).toEqual(expected)
})

function shownVerdict(row: CertificateRow, judge: Judge, { isAccepted, words }: Verdict) {
  if (isAccepted) return "accepted"
  if (!explaining.includes(judge)) return "refused"
  const causes = causesOf(row)
  const isNamed =
    causes.length > 0 && causes.every((cause) => plainText(words).includes(plainText(cause)))
  return isNamed ? `refused: ${causes.join(" ")}` : `refused, in other words: ${words}`
}

function expectedVerdict(row: CertificateRow, judge: Judge, exception: Exception | undefined) {
  const isException = exception?.judges.includes(judge) === true
  if (isException ? (exception.isAccepted ?? row.isAccepted) : row.isAccepted) return "accepted"
  if (!explaining.includes(judge)) return "refused"
  return isException
    ? (expect.stringMatching(/^refused, in other words: ./) as unknown)
    : `refused: ${causesOf(row).join(" ")}`
}

/** Returns the causes found by the function on which all explanations are based. */
function causesOf({ cert, key, host, uploaded, authorities, judged }: CertificateRow): string[] {
  const file = judged ?? uploaded ?? cert
  const isUploaded = uploaded !== undefined
  const options = { cert: file, key, host, uploaded: isUploaded, authorities }
  return certificateProblems(options).map(({ message }) => message)
}

/** Returns a text without the doctor's division into two sentences. */
function plainText(text: string): string {
  return text.toLowerCase().replaceAll(/[^a-z0-9]+/g, " ")
}
