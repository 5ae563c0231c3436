import { execFile } from "node:child_process"
import { once } from "node:events"
import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { createServer, type Server } from "node:https"
import { isIP } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { promisify } from "node:util"
import { Simulator } from "@sounder/simulator"
import { Bot } from "../../src/bot/index.js"
import { inspectCertificate } from "../../src/certificate/index.js"
import { readCertificates } from "../../src/certificate/read-certificates.js"
import { filters } from "../../src/dispatch/index.js"
import { examine } from "../../src/doctor/index.js"
import { type Logger, silentLogger } from "../../src/ground/logger.js"
import { WebhookServer } from "../../src/node-server/webhook-server.js"
import { WantedWebhook } from "../../src/registration/wanted-webhook.js"
import { DeliveryWatch } from "../../src/registration/watch/delivery-watch.js"
import { ApiError, SounderError } from "../../src/telegram/errors.js"
import { InputFile } from "../../src/telegram/input-file.js"
import { Updater } from "../../src/updater.js"
import { findCertificateProblems } from "../../src/webhook-start/certificate-check.js"
import { freePort } from "../support/free-port.js"
import { deferred, untilTrue } from "../support/waiting.js"
import type { CertificateRow } from "./certificate-rows.js"

const run = promisify(execFile)

/** Whether a judge accepts a certificate, and all of its objections. */
export interface Verdict {
  readonly isAccepted: boolean
  readonly words: string
}

const accepted: Verdict = { isAccepted: true, words: "" }

function refused(words: string): Verdict {
  return { isAccepted: false, words }
}

/** Starts a bot with the file on Sounder's own server. Its warnings are objections too. */
export async function start(row: CertificateRow): Promise<Verdict> {
  const { cert, key, host, uploaded, authorities } = row
  const port = await freePort()
  const hosts = { [`${host}:443`]: `127.0.0.1:${port}` }
  await using telegram = await Simulator.start({ authorities, hosts })
  const account = telegram.bot()
  await using bot = new Bot(account.token, { apiRoot: telegram.apiRoot })
  const warnings: string[] = []
  const logger: Logger = { ...silentLogger, warn: (text) => void warnings.push(text) }
  const updater = new Updater({ bot, logger })
  updater.dispatcher.on(filters.text, () => {})
  const folder = await mkdtemp(join(tmpdir(), "sounder-start-"))
  const file = join(folder, "cert.pem")
  try {
    await writeFile(file, uploaded ?? cert)
    await updater.startWebhook({
      ...{ listen: "127.0.0.1", port, key, cert: file },
      webhookUrl: `https://${host}/`,
    })
    await telegram.user().send(account, "hi")
    const text = await deliveryError(bot)
    return text === undefined ? accepted : refused(`${text} ${warnings.join(" ")}`)
  } catch (error) {
    if (error instanceof SounderError || error instanceof TypeError) return refused(error.message)
    throw error
  } finally {
    await updater.stop({ deadlineMs: 100 })
    await rm(folder, { recursive: true })
  }
}

/** Returns the verdict of `sounder certificate inspect`. */
export function inspect(row: CertificateRow): Verdict {
  const { cert, key, host, uploaded, authorities } = row
  const url = `https://${host}/`
  // Alone, it reports whether an upload is necessary.
  const { problems } = inspectCertificate({ cert: uploaded ?? cert, key, url, authorities })
  if (problems.length === 0) return accepted
  return refused(problems.map(({ message }) => message).join(" "))
}

/** Returns the verdict of the doctor, which examines the server from outside. */
export async function doctor(row: CertificateRow): Promise<Verdict> {
  const { cert, key, host, uploaded, authorities } = row
  await using served = await serve(cert, key)
  if (!served) return refused("not served")
  const { findings } = await examine(`https://${host}/`, {
    ...(uploaded !== undefined && { cert: uploaded }),
    authorities,
    hosts: { [`${host}:443`]: `127.0.0.1:${served.port}` },
    only: ["url", "dns", "connection", "tls", "certificate"],
    timeoutMs: 3_000,
  })
  const faults = findings.filter(({ level }) => level === "fault")
  if (faults.length === 0) return accepted
  return refused(faults.map(({ seen, fix }) => `${seen} ${fix}`).join(" "))
}

/** Returns the verdict of the simulator in Telegram's place, and the log of the refused bot. */
export async function telegramAndLog(row: CertificateRow) {
  const { cert, key, host, authorities } = row
  await using served = await serve(cert, key)
  if (!served) return { telegram: refused("not served"), log: refused("not served") }
  const hosts = { [`${host}:443`]: `127.0.0.1:${served.port}` }
  await using telegram = await Simulator.start({ authorities, hosts })
  const account = telegram.bot()
  await using bot = new Bot(account.token, { apiRoot: telegram.apiRoot })
  const refusal = await registrationRefusal(bot, row)
  if (refusal !== undefined) return { telegram: refused(refusal), log: refused(refusal) }
  await telegram.user().send(account, "hi")
  const text = await deliveryError(bot)
  return {
    telegram: text === undefined ? accepted : refused(text),
    log: await logOf(bot, row),
  }
}

/** Returns Telegram's error for the waiting update; `undefined` after its delivery. */
async function deliveryError(bot: Bot): Promise<string | undefined> {
  await untilTrue(async () => {
    const { last_error_date: date, pending_update_count: count } = await bot.getWebhookInfo()
    return date !== undefined || count === 0
  })
  return (await bot.getWebhookInfo()).last_error_message
}

/** Returns Telegram's refusal of the registration; `undefined` if it is accepted. */
async function registrationRefusal(bot: Bot, { host, uploaded }: CertificateRow) {
  const certificate = InputFile.bytes(Buffer.from(uploaded ?? ""), { filename: "cert.pem" })
  try {
    await bot.setWebhook({
      url: `https://${host}/`,
      ...(uploaded !== undefined && { certificate }),
    })
    return undefined
  } catch (error) {
    if (error instanceof ApiError) return error.description
    throw error
  }
}

/** Returns the warnings of the delivery watch after its first check. */
async function logOf(bot: Bot, { cert, host, uploaded }: CertificateRow): Promise<Verdict> {
  const warnings: string[] = []
  const hasLooked = deferred()
  let looks = 0
  const logger: Logger = { ...silentLogger, warn: (text) => void warnings.push(text) }
  const url = new URL(`https://${host}/`)
  const place = {
    ...{ server: new WebhookServer(), cert, url, uploadCertificate: uploaded !== undefined },
    ...{ apiRoot: bot.apiRoot, logger },
  }
  const watch = new DeliveryWatch({
    ...{ bot, logger, since: 0, hasRegistered: true, reconcile: "report", waitsMs: [0] },
    wanted: new WantedWebhook({
      ...{ url: url.href, certificate: uploaded, secretToken: undefined, ipAddress: undefined },
      ...{ maxConnections: undefined, allowedUpdates: undefined },
    }),
    // The certificate is read at the beginning of each look.
    certificate: async () => {
      looks += 1
      if (looks === 2) hasLooked.resolve()
      return undefined
    },
    problems: () => findCertificateProblems({ cert: uploaded ?? cert }, place),
  })
  await hasLooked.promise
  watch.stop()
  return warnings.length === 0 ? accepted : refused(warnings.join(" "))
}

/** Runs `openssl verify` at the security level of Telegram's server. */
export async function openssl(program: string, row: CertificateRow): Promise<Verdict> {
  const { cert, host, uploaded, authorities } = row
  const folder = await mkdtemp(join(tmpdir(), "sounder-verify-"))
  try {
    const [leaf = cert, ...more] = pemsOf(cert)
    await writeFile(join(folder, "trusted.pem"), uploaded ?? authorities.join(""))
    await writeFile(join(folder, "leaf.pem"), leaf)
    await writeFile(join(folder, "more.pem"), more.join("") || "\n")
    const name = isIP(host) !== 0 && uploaded === undefined ? "-verify_ip" : "-verify_hostname"
    const trust = ["-no-CApath", "-no-CAstore", "-CAfile", "trusted.pem"]
    const between = more.length > 0 ? ["-untrusted", "more.pem"] : []
    const rules = ["-purpose", "sslserver", "-auth_level", "2", name, host]
    await run(program, ["verify", ...trust, ...between, ...rules, "leaf.pem"], { cwd: folder })
    return accepted
  } catch (error) {
    // A failed command gives the reason on its standard error.
    return refused((error as { stderr?: string }).stderr ?? String(error))
  } finally {
    await rm(folder, { recursive: true })
  }
}

/** Returns the certificates of a file; none if they cannot be read. */
function pemsOf(text: string): string[] {
  try {
    return readCertificates(text).map((cert) => cert.toString())
  } catch {
    return []
  }
}

/** Returns a server with this certificate; `undefined` if Node refuses it. */
async function serve(cert: string, key: string) {
  const server = serverWith(cert, key)
  if (!server) return undefined
  const port = await freePort()
  await once(server.listen(port, "127.0.0.1"), "listening")
  return {
    port,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      const gone = once(server, "close")
      server.close()
      await gone
    },
  }
}

function serverWith(cert: string, key: string): Server | undefined {
  try {
    const server = createServer({ cert, key }, (_, response) => void response.end())
    server.on("tlsClientError", () => {}) // the client reports the error
    return server
  } catch {
    return undefined
  }
}
