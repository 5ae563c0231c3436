import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { createServer, request as startRequest, type RequestListener, type Server } from "node:http"
import { createServer as createTlsServer } from "node:https"
import { once } from "node:events"
import type { Server as TcpServer, Socket } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Bot } from "../../src/bot/index.js"
import { type CertificateAndKey, createCertificate } from "../../src/certificate/index.js"
import { examine, type ExamineOptions } from "../../src/doctor/index.js"
import { silentLogger } from "../../src/ground/logger.js"
import { deriveSecretToken } from "../../src/webhook/secret-token.js"
import { MovableClock, Simulator, type SimulatedBot } from "@sounder/simulator"
import { Updater } from "../../src/updater.js"
import { freePort } from "./free-port.js"
import { untilTrue } from "./waiting.js"

/** The public name of the tests, and the URL of the expected webhook. */
export const host = "bot.example.com"
export const webhookUrl = `https://${host}/hook`

/** Telegram, a bot, a port to which the public name resolves, and the resources of a test. */
export class Stage implements AsyncDisposable {
  readonly telegram: Simulator
  readonly account: SimulatedBot
  readonly bot: Bot
  /** The port to which the public name leads. */
  readonly port: number
  readonly folder: string
  /** A self-signed certificate for the public name. */
  readonly right: CertificateAndKey
  readonly #opened: AsyncDisposable[] = []
  readonly #sockets = new Map<TcpServer, Set<Socket>>()

  readonly #clock: MovableClock

  private constructor(made: {
    telegram: Simulator
    clock: MovableClock
    port: number
    right: CertificateAndKey
  }) {
    const { telegram, clock, port, right } = made
    this.telegram = telegram
    this.#clock = clock
    this.port = port
    this.right = right
    this.account = telegram.bot()
    this.bot = new Bot(this.account.token, { apiRoot: telegram.apiRoot })
    this.folder = mkdtempSync(join(tmpdir(), "sounder-doctor-"))
    mkdirSync(join(this.folder, "certs"))
    writeFileSync(join(this.folder, "certs", `${host}.pem`), right.cert + right.key)
  }

  static async open(
    options: {
      authorities?: readonly string[] | undefined
      isRealTime?: boolean | undefined
    } = {},
  ): Promise<Stage> {
    const { authorities, isRealTime = false } = options
    const port = await freePort()
    const clock = new MovableClock()
    const telegram = await Simulator.start({
      ...(!isRealTime && { clock }),
      hosts: { [`${host}:443`]: `127.0.0.1:${port}` },
      ...(authorities && { authorities }),
    })
    return new Stage({ telegram, clock, port, right: await createCertificate(host) })
  }

  /** The secret that Sounder's bot asks for. */
  get secret(): string {
    return deriveSecretToken(this.account.token)
  }

  get pem(): string {
    return join(this.folder, "certs", `${host}.pem`)
  }

  /** Closes a resource at the end of the test. Returns the resource. */
  use<T extends AsyncDisposable>(thing: T): T {
    this.#opened.push(thing)
    return thing
  }

  /** Starts a bot on Sounder's own server, at the port to which the public name leads. */
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

  /** Returns the bot, with a server before the API that sends a Date header, as Telegram's does. */
  async botBehindFront(): Promise<Bot> {
    const port = await freePort()
    await this.serve(
      (request, response) => {
        const { method, headers, url = "" } = request
        const onward = startRequest(this.telegram.apiRoot + url, { method, headers }, (answer) => {
          response.writeHead(answer.statusCode ?? 0, answer.headers)
          answer.pipe(response)
        })
        request.pipe(onward)
      },
      { port },
    )
    return this.use(new Bot(this.account.token, { apiRoot: `http://127.0.0.1:${port}` }))
  }

  /** Starts another server, over TLS if a certificate is given. */
  async serve(
    listener: RequestListener,
    options: { pair?: CertificateAndKey; port?: number; address?: string } = {},
  ): Promise<Server> {
    const { pair, port = this.port, address = "127.0.0.1" } = options
    const server = pair ? createTlsServer(pair, listener) : createServer(listener)
    // The client reports the outcome.
    server.on("tlsClientError", () => {})
    server.keepAliveTimeout = 75_000
    await this.listen(server, port, address)
    return server
  }

  /** Closes a server before the end of the test. */
  async close(server: TcpServer): Promise<void> {
    if (!server.listening) return
    const gone = once(server, "close")
    server.close()
    for (const socket of this.#sockets.get(server) ?? []) socket.destroy()
    await gone
  }

  /** Lets a server listen until the end of the test. */
  async listen(server: TcpServer, port = this.port, address = "127.0.0.1"): Promise<void> {
    const sockets = new Set<Socket>()
    server.on("connection", (socket: Socket) => sockets.add(socket))
    this.#sockets.set(server, sockets)
    server.listen(port, address)
    await once(server, "listening")
    this.use({ [Symbol.asyncDispose]: () => this.close(server) })
  }

  /** Registers the webhook, as a bot that does so itself. */
  async register(options: RegisterOptions = {}): Promise<void> {
    const { url = webhookUrl, cert = this.right.cert, secretToken = this.secret } = options
    // Telegram accepts one per second.
    await this.#clock.advance(1_000)
    const form = new FormData()
    form.set("url", url)
    form.set("secret_token", secretToken)
    if (cert !== false) form.set("certificate", new Blob([cert]), "cert.pem")
    const path = `${this.telegram.apiRoot}/bot${this.account.token}/setWebhook`
    const answer = await fetch(path, { method: "POST", body: form })
    if (!answer.ok) throw new Error(await answer.text())
  }

  /** Sends a message to the bot, which Telegram tries to deliver. */
  async write(text = "hi"): Promise<void> {
    const before = this.telegram.deliveries.length
    await this.telegram.user().send(this.account, text)
    await untilTrue(async () => {
      await this.#clock.advance(1_000)
      const { last_error_date: date, pending_update_count: count } = await this.bot.getWebhookInfo()
      return count === 0 || date !== undefined || this.telegram.deliveries.length > before
    })
  }

  /** Advances the clock until Telegram has delivered all updates. */
  async delivered(): Promise<void> {
    await untilTrue(async () => {
      await this.#clock.advance(4_000)
      return (await this.bot.getWebhookInfo()).pending_update_count === 0
    })
  }

  /** Examines the webhook with the public name resolved as for Telegram. */
  examine(options: StageExamineOptions = {}, url = webhookUrl, isUrlLeftOut = false) {
    const { withoutBot = false, ...rest } = options
    const hosts = { [`${host}:443`]: `127.0.0.1:${this.port}` }
    const defaults = { hosts, timeoutMs: 6_000, ...(withoutBot ? {} : { bot: this.bot }) }
    return examine(isUrlLeftOut ? undefined : url, { ...defaults, ...rest })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const thing of this.#opened.toReversed()) await thing[Symbol.asyncDispose]()
    await this.bot[Symbol.asyncDispose]()
    await this.telegram[Symbol.asyncDispose]()
    rmSync(this.folder, { recursive: true, force: true })
  }
}

/** Options of an examination of the stage's bot. */
export interface StageExamineOptions extends ExamineOptions {
  /** Whether to examine the URL alone. */
  readonly withoutBot?: boolean
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
