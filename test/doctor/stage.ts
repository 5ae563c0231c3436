import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { createServer, type RequestListener, type Server } from "node:http"
import { createServer as createTlsServer } from "node:https"
import { once } from "node:events"
import type { Server as TcpServer } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Bot } from "../../src/bot/index.js"
import { type CertificateAndKey, createCertificate } from "../../src/certificate/index.js"
import { examine, type ExamineOptions, type FindingCode } from "../../src/doctor/index.js"
import { silentLogger } from "../../src/ground/logger.js"
import { deriveSecretToken } from "../../src/retrieval/index.js"
import { Simulator, type SimulatedBot } from "../../src/simulator/index.js"
import { Updater } from "../../src/updater.js"
import { freePort } from "../support/free-port.js"
import { untilTrue } from "../support/waiting.js"

/** The public name of the tests, and the webhook that is meant to be there. */
export const host = "bot.example.com"
export const webhookUrl = `https://${host}/hook`

/** Telegram, a bot, a port that the public name leads to, and what is opened for a test. */
export class Stage implements AsyncDisposable {
  readonly telegram: Simulator
  readonly account: SimulatedBot
  readonly bot: Bot
  /** Where the public name leads. */
  readonly port: number
  readonly folder: string
  /** A self-signed certificate for the public name. */
  readonly right: CertificateAndKey
  readonly #opened: AsyncDisposable[] = []

  private constructor(telegram: Simulator, port: number, right: CertificateAndKey) {
    this.telegram = telegram
    this.port = port
    this.right = right
    this.account = telegram.bot()
    this.bot = new Bot(this.account.token, { apiRoot: telegram.apiRoot })
    this.folder = mkdtempSync(join(tmpdir(), "sounder-doctor-"))
    mkdirSync(join(this.folder, "certs"))
    writeFileSync(join(this.folder, "certs", `${host}.pem`), right.cert + right.key)
  }

  static async open(authorities?: readonly string[]): Promise<Stage> {
    const port = await freePort()
    const telegram = await Simulator.start({
      hosts: { [`${host}:443`]: `127.0.0.1:${port}` },
      ...(authorities && { authorities }),
    })
    return new Stage(telegram, port, await createCertificate(host))
  }

  /** The secret that Sounder's bot asks for. */
  get secret(): string {
    return deriveSecretToken(this.account.token)
  }

  get pem(): string {
    return join(this.folder, "certs", `${host}.pem`)
  }

  /** Closes it at the end. */
  use<T extends AsyncDisposable>(thing: T): T {
    this.#opened.push(thing)
    return thing
  }

  /** A bot on Sounder's own server, at the port that the public name leads to. */
  async startBot(options: StartOptions = {}): Promise<Updater> {
    const { tls = true, listen = "127.0.0.1", port = this.port } = options
    const { urlPath = "hook", pair = this.right, url = webhookUrl } = options
    const updater = new Updater({ bot: this.bot, logger: silentLogger })
    this.use({ [Symbol.asyncDispose]: async () => void (await updater.stop({ deadlineMs: 100 })) })
    await updater.startWebhook({
      listen,
      port,
      urlPath,
      ...(tls && { key: pair.key, cert: pair.cert }),
      ...(options.secretToken !== undefined && { secretToken: options.secretToken }),
    })
    await this.register({ url, cert: pair.cert })
    return updater
  }

  /** A server of somebody's own, over TLS where a certificate is given. */
  async serve(
    listener: RequestListener,
    options: { pair?: CertificateAndKey; port?: number; address?: string } = {},
  ): Promise<Server> {
    const { pair, port = this.port, address = "127.0.0.1" } = options
    const server = pair ? createTlsServer(pair, listener) : createServer(listener)
    // Whoever connects tells what became of it.
    server.on("tlsClientError", () => {})
    await this.listen(server, port, address)
    return server
  }

  /** Lets a server listen until the end. */
  async listen(server: TcpServer, port = this.port, address = "127.0.0.1"): Promise<void> {
    server.listen(port, address)
    await once(server, "listening")
    this.use({ [Symbol.asyncDispose]: () => closed(server) })
  }

  /** What a bot does that registers by itself. */
  async register(options: RegisterOptions = {}): Promise<void> {
    const { url = webhookUrl, cert = this.right.cert, secretToken = this.secret } = options
    const form = new FormData()
    form.set("url", url)
    form.set("secret_token", secretToken)
    if (cert !== false) form.set("certificate", new Blob([cert]), "cert.pem")
    const path = `${this.telegram.apiRoot}/bot${this.account.token}/setWebhook`
    const answer = await fetch(path, { method: "POST", body: form })
    if (!answer.ok) throw new Error(await answer.text())
  }

  /** Somebody writes to the bot, and Telegram fails to deliver it. */
  async fail(): Promise<void> {
    const before = (await this.bot.getWebhookInfo()).last_error_date ?? 0
    await this.telegram.user().send(this.account, "hi")
    await untilTrue(async () => {
      const { last_error_date: date = 0, last_error_message: text } =
        await this.bot.getWebhookInfo()
      return text !== undefined && date >= before
    })
  }

  /** The codes of what the doctor finds. */
  async findings(options: ExamineOptions = {}, url?: string): Promise<FindingCode[]> {
    return (await this.examine(options, url)).findings.map(({ code }) => code)
  }

  /** An examination in which the public name leads where it leads for Telegram. */
  examine(options: ExamineOptions = {}, url: string | undefined = webhookUrl) {
    const hosts = { [`${host}:443`]: `127.0.0.1:${this.port}` }
    return examine(url, { bot: this.bot, hosts, timeoutMs: 3_000, ...options })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const thing of this.#opened.toReversed()) await thing[Symbol.asyncDispose]()
    await this.bot[Symbol.asyncDispose]()
    await this.telegram[Symbol.asyncDispose]()
    rmSync(this.folder, { recursive: true, force: true })
  }
}

interface StartOptions {
  readonly tls?: boolean
  readonly listen?: string
  readonly port?: number
  readonly urlPath?: string
  readonly pair?: CertificateAndKey
  readonly secretToken?: string
  readonly url?: string
}

interface RegisterOptions {
  readonly url?: string
  readonly cert?: string | false
  readonly secretToken?: string
}

async function closed(server: TcpServer): Promise<void> {
  if (!server.listening) return
  const gone = once(server, "close")
  server.close()
  if ("closeAllConnections" in server) (server as Server).closeAllConnections()
  await gone
}
