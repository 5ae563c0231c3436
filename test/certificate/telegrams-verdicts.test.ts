import { once } from "node:events"
import { createServer, type Server } from "node:https"
import { afterAll, beforeAll, expect, test } from "vitest"
import { Bot } from "../../src/bot/index.js"
import {
  certificateProblems,
  inspectCertificate,
  judgeCertificate,
} from "../../src/certificate/index.js"
import { filters } from "../../src/dispatch/index.js"
import { examine } from "../../src/doctor/index.js"
import { silentLogger } from "../../src/ground/logger.js"
import { Simulator } from "@sounder/simulator"
import { ApiError, SounderError } from "../../src/telegram/errors.js"
import { InputFile } from "../../src/telegram/input-file.js"
import { Updater } from "../../src/updater.js"
import { freePort } from "../support/free-port.js"
import { requireServer } from "../support/real-servers.js"
import { untilTrue } from "../support/waiting.js"
import { type CertificateRow, certificateRows } from "./certificate-rows.js"
import { Workshop } from "./workshop.js"

let workshop: Workshop | undefined

beforeAll(async () => {
  workshop = await Workshop.open()
})
afterAll(() => workshop?.[Symbol.asyncDispose]())

test("every certificate is judged as Telegram's own server has judged it", async (context) => {
  requireServer("openssl", context)
  if (!workshop) throw new Error("There is no workshop")
  const rows = await certificateRows(workshop)
  const verdicts: Record<string, unknown> = {}
  const expected: Record<string, unknown> = {}
  for (const row of rows) {
    const { name, isAccepted } = row
    verdicts[name] = await verdictsOn(row)
    expected[name] = { words: isAccepted, wordsAndHandshake: isAccepted, simulator: isAccepted }
  }
  expect(rows.length).toBeGreaterThanOrEqual(148)
  expect(verdicts).toEqual(expected)
}, 240_000)

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

/** Whether the simulator, in Telegram's place, gets an update through. */
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

/** `undefined` where Node does not serve it. */
function serverWith(cert: string, key: string): Server | undefined {
  try {
    const server = createServer({ cert, key }, (_, response) => void response.end())
    server.on("tlsClientError", () => {}) // the simulator tells
    return server
  } catch {
    return undefined
  }
}

/** One of each kind of fault on which judges have disagreed. */
const disputed = [
  "a TRUSTED CERTIFICATE",
  "a TRUSTED CERTIFICATE that rejects servers",
  "a chain with its root, uploaded",
  "an expired intermediate",
  "a chain that ends with a cross-signed root",
  "six days, just issued",
  "secp256k1",
  "issued with SHA-1",
  "RSA of 512 bits",
  "RSA of 1024 bits",
  "no name at all",
  "for the signing of certificates only",
  "its key",
  "its request",
  "an empty file",
]

test("the start, `certificate inspect` and the doctor say the same as all others", async (context) => {
  requireServer("openssl", context)
  if (!workshop) throw new Error("There is no workshop")
  const rows = (await certificateRows(workshop)).filter(({ name }) => disputed.includes(name))
  expect(rows.map(({ name }) => name).toSorted()).toEqual(disputed.toSorted())
  const verdicts: Record<string, unknown> = {}
  const expected: Record<string, unknown> = {}
  for (const row of rows) {
    const { name, isAccepted } = row
    verdicts[name] = {
      start: await isStarted(row),
      inspect: inspected(row),
      doctor: await examined(row),
    }
    expected[name] = { start: isAccepted, inspect: isAccepted, doctor: isAccepted }
  }
  expect(verdicts).toEqual(expected)
})

function inspected({ cert, key, host, uploaded, authorities }: CertificateRow): boolean {
  const url = `https://${host}/`
  const file = uploaded ?? cert
  // By itself it says whether there is something to upload.
  const { problems } = inspectCertificate({ cert: file, key, url, authorities })
  return problems.length === 0
}

/** Whether a bot starts with the file, and gets its update. */
async function isStarted({ cert, key, host, uploaded, authorities }: CertificateRow) {
  const port = await freePort()
  const hosts = { [`${host}:443`]: `127.0.0.1:${port}` }
  await using telegram = await Simulator.start({ authorities, hosts })
  const account = telegram.bot()
  await using bot = new Bot(account.token, { apiRoot: telegram.apiRoot })
  const updater = new Updater({ bot, logger: silentLogger })
  try {
    await updater.startWebhook({
      ...{ listen: "127.0.0.1", port, key, cert: uploaded ?? cert },
      webhookUrl: `https://${host}/`,
    })
    const heard = new Promise((resolve) => updater.dispatcher.on(filters.text, resolve))
    await telegram.user().send(account, "hi")
    await heard
    return true
  } catch (error) {
    if (error instanceof SounderError || error instanceof TypeError) return false
    throw error
  } finally {
    await updater.stop({ deadlineMs: 100 })
  }
}

/** Whether the doctor finds no fault in what is served; what cannot be served it cannot see. */
async function examined({ cert, key, host, uploaded, authorities }: CertificateRow) {
  const port = await freePort()
  const server = serverWith(uploaded ?? cert, key)
  if (!server) return false
  await once(server.listen(port, "127.0.0.1"), "listening")
  try {
    const { findings } = await examine(`https://${host}/`, {
      ...(uploaded !== undefined && { cert: uploaded }),
      authorities,
      hosts: { [`${host}:443`]: `127.0.0.1:${port}` },
      only: ["url", "dns", "connection", "tls", "certificate"],
      timeoutMs: 3_000,
    })
    return findings.every(({ level }) => level !== "fault")
  } finally {
    server.closeAllConnections()
    server.close()
  }
}
