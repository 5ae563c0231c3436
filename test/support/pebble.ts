import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Agent, request } from "undici"
import { createCertificate } from "../../src/certificate/index.js"
import { freePort } from "./free-port.js"
import type { Skippable } from "./leave-out.js"
import { requireServer } from "./real-servers.js"
import { untilTrue } from "./waiting.js"

/** Options of a test authority. */
export interface PebbleOptions {
  /** The port of http-01 challenges, in place of 80. */
  readonly httpPort?: number
  /** The port of tls-alpn-01 challenges, in place of 443. */
  readonly tlsPort?: number
  /** The lifetime of its certificates, in seconds. Default: a day. */
  readonly lifeSeconds?: number
  /** Names for which it refuses certificates. */
  readonly blocked?: readonly string[]
  /** The percentage of valid nonces that it refuses. Default: 20. */
  readonly refusedNonces?: number
  /** Its port, to continue an earlier authority. */
  readonly port?: number
}

/** A real authority (Debian's pebble), with a DNS in which every name is this machine. */
export class Pebble implements AsyncDisposable {
  readonly #folder: string
  readonly #processes: ChildProcess[]
  readonly #managementPort: number
  readonly #dnsPort: number
  readonly #agent: Agent
  /** The certificate of the authority that signs its directory's. */
  readonly directoryCa: string
  readonly port: number
  /** The output so far. */
  readonly log: string[] = []

  private constructor(parts: {
    folder: string
    processes: ChildProcess[]
    managementPort: number
    dnsPort: number
    port: number
    directoryCa: string
  }) {
    this.#folder = parts.folder
    this.#processes = parts.processes
    this.#managementPort = parts.managementPort
    this.#dnsPort = parts.dnsPort
    this.port = parts.port
    this.directoryCa = parts.directoryCa
    this.#agent = new Agent({ connect: { rejectUnauthorized: false } })
    for (const process of parts.processes) {
      const write = (chunk: Buffer) => void this.log.push(chunk.toString())
      process.stdout?.on("data", write)
      process.stderr?.on("data", write)
    }
  }

  static async start(context: Skippable, options: PebbleOptions = {}): Promise<Pebble> {
    const pebble = requireServer("pebble", context)
    const challenges = requireServer("pebble-challtestsrv", context)
    const folder = await mkdtemp(join(tmpdir(), "sounder-pebble-"))
    const { key, cert } = await createCertificate(["localhost", "127.0.0.1"])
    await writeFile(join(folder, "key.pem"), key)
    await writeFile(join(folder, "cert.pem"), cert)
    const [port, managementPort, dns, dnsPort] = [
      options.port ?? (await freePort()),
      await freePort(),
      await freePort(),
      await freePort(),
    ]
    const configuration = {
      listenAddress: `127.0.0.1:${port}`,
      managementListenAddress: `127.0.0.1:${managementPort}`,
      certificate: join(folder, "cert.pem"),
      privateKey: join(folder, "key.pem"),
      httpPort: options.httpPort ?? (await freePort()),
      tlsPort: options.tlsPort ?? (await freePort()),
      domainBlocklist: options.blocked ?? [],
      retryAfter: { authz: 1, order: 1 },
      certificateValidityPeriod: options.lifeSeconds ?? 86_400,
    }
    await writeFile(join(folder, "pebble.json"), JSON.stringify({ pebble: configuration }))
    const addresses = ["-dns01", `127.0.0.1:${dns}`, "-management", `127.0.0.1:${dnsPort}`]
    const none = ["-http01", "", "-https01", "", "-tlsalpn01", "", "-defaultIPv6", ""]
    const processes = [
      spawn(challenges, [...addresses, ...none]),
      spawn(pebble, ["-config", join(folder, "pebble.json"), "-dnsserver", `127.0.0.1:${dns}`], {
        env: {
          PEBBLE_VA_NOSLEEP: "1",
          PEBBLE_AUTHZREUSE: "0",
          PEBBLE_WFE_NONCEREJECT: String(options.refusedNonces ?? 20),
        },
      }),
    ]
    const parts = { folder, processes, managementPort, dnsPort, port, directoryCa: cert }
    const started = new Pebble(parts)
    await untilTrue(async () => (await started.#get("/roots/0")) !== undefined)
    return started
  }

  get directory(): string {
    return `https://127.0.0.1:${this.port}/dir`
  }

  /** Returns the root certificate, which stands for the authorities that Telegram trusts. */
  async root(): Promise<string> {
    return (await this.#get("/roots/0")) ?? ""
  }

  /** The number of orders so far. */
  get orders(): number {
    return this.log.join("").match(/There are now \d+ orders/g)?.length ?? 0
  }

  /** Sends a command to the DNS, such as `set-servfail` with `{ host }`. */
  async dns(command: string, body: object): Promise<void> {
    const options = { method: "POST" as const, body: JSON.stringify(body) }
    const response = await request(`http://127.0.0.1:${this.#dnsPort}/${command}`, options)
    await response.body.dump()
  }

  /** Stops the authority, but not the DNS. */
  async stopAuthority(): Promise<void> {
    await end(this.#processes[1])
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#processes.map(end))
    await this.#agent.destroy()
    await rm(this.#folder, { recursive: true })
  }

  async #get(path: string): Promise<string | undefined> {
    try {
      const url = `https://127.0.0.1:${this.#managementPort}${path}`
      const response = await request(url, { dispatcher: this.#agent })
      return await response.body.text()
    } catch {
      return undefined
    }
  }
}

async function end(process: ChildProcess | undefined): Promise<void> {
  if (!process || process.exitCode !== null || process.signalCode !== null) return
  const ended = once(process, "exit")
  process.kill("SIGKILL")
  await ended
}
