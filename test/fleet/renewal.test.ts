import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeEach, expect, test } from "vitest"
import type { Transport, TransportRequest, TransportResponse } from "../../src/bot/transport.js"
import { createTransport } from "../../src/bot/undici-transport.js"
import { type CertificateAndKey, createCertificate } from "../../src/certificate/index.js"
import { Fleet } from "../../src/fleet/index.js"
import { silentLogger } from "../../src/ground/logger.js"
import { WebhookServer } from "../../src/node-server/webhook-server.js"
import { Simulator, type SimulatedBot } from "@sounder/simulator"
import { freePort } from "../support/free-port.js"
import { untilTrue } from "../support/waiting.js"

const count = 200

/** The connections of all bots to Telegram, which can be inspected. */
class Wire implements Transport {
  readonly #connections = createTransport()
  readonly #faults = new Map<string, TransportResponse<string>>()
  #registrations = 0
  /** The maximum number of concurrent `setWebhook` calls. */
  peak = 0

  /**
   * Answers `setWebhook` of this bot with an error from now on, as a server before Telegram would.
   */
  fail({ token }: SimulatedBot, error_code: number, description: string): void {
    const body = JSON.stringify({ ok: false, error_code, description })
    this.#faults.set(token, { status: error_code, headers: {}, body })
  }

  /** Ends all failures. */
  endFailures(): void {
    this.#faults.clear()
  }

  async send(request: TransportRequest): Promise<TransportResponse<string>> {
    const [, token = "", method] = /\/bot([^/]+)\/(\w+)/.exec(request.path) ?? []
    if (method !== "setWebhook") return this.#connections.send(request)
    this.peak = Math.max(this.peak, ++this.#registrations)
    try {
      return this.#faults.get(token) ?? (await this.#connections.send(request))
    } finally {
      this.#registrations -= 1
    }
  }

  open(request: TransportRequest): Promise<TransportResponse<AsyncIterable<Uint8Array>>> {
    return this.#connections.open(request)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#connections[Symbol.asyncDispose]()
  }
}

let telegram: Simulator
let fleet: Fleet
let wire: Wire
let folder = ""
let accounts: readonly SimulatedBot[] = []

beforeEach(async () => {
  telegram = await Simulator.start({ local: true })
  wire = new Wire()
  const botOptions = { apiRoot: telegram.apiRoot, localMode: true, transport: wire }
  fleet = new Fleet({ botOptions, logger: silentLogger })
  folder = await mkdtemp(join(tmpdir(), "sounder-fleet-"))
  accounts = Array.from({ length: count }, (_, n) => telegram.bot({ username: `fleet_${n}_bot` }))
  for (const { token } of accounts) await fleet.add(token)
  await write(await createCertificate("127.0.0.1"))
  const port = await freePort()
  const server = new WebhookServer({
    port,
    key: inFolder("private.key"),
    cert: inFolder("cert.pem"),
  })
  const { failed } = await fleet.startWebhook({
    server,
    webhookUrl: `https://127.0.0.1:${port}/bots`,
  })
  expect(failed).toEqual([])
})

afterEach(async () => {
  await fleet.stop({ deadlineMs: 100 })
  await wire[Symbol.asyncDispose]()
  await telegram[Symbol.asyncDispose]()
  await rm(folder, { recursive: true })
})

const inFolder = (name: string) => join(folder, name)

async function write({ key, cert }: CertificateAndKey): Promise<void> {
  await writeFile(inFolder("private.key"), key)
  await writeFile(inFolder("cert.pem"), cert)
}

/** Returns the number of bots that have registered their webhook this many times. */
function registered(times: number): number {
  const calls = telegram.calls.filter(({ method }) => method === "setWebhook")
  const counts = new Map<number | undefined, number>()
  for (const { botId } of calls) counts.set(botId, (counts.get(botId) ?? 0) + 1)
  return [...counts.values()].filter((done) => done >= times).length
}

test("a start and a new certificate call `setWebhook` for at most eight bots at a time", async () => {
  expect(registered(1)).toBe(count)
  await write(await createCertificate("127.0.0.1"))
  // Each bot tells Telegram of both certificates, and then of the new one alone.
  await untilTrue(() => registered(3) === count)
  expect(wire.peak).toBe(8)
})

test("a bot with a revoked token does not keep the others from a new certificate", async () => {
  const [lost] = accounts
  wire.fail(lost!, 401, "Unauthorized")
  await write(await createCertificate("127.0.0.1"))
  await untilTrue(() => registered(3) === count - 1)
  expect(fleet.isRunning).toBe(true)
})

test("bots whose calls fail do not delay others while they wait for a retry", async () => {
  const failing = accounts.slice(0, 20)
  for (const account of failing) wire.fail(account, 500, "Internal Server Error")
  await write(await createCertificate("127.0.0.1"))
  await untilTrue(() => registered(2) === count - failing.length)
  wire.endFailures()
  await untilTrue(() => registered(3) === count)
})
