import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir, userInfo } from "node:os"
import { join } from "node:path"
import { Bot } from "../../src/bot/index.js"
import { createCertificate } from "../../src/certificate/index.js"
import { filters } from "../../src/dispatch/index.js"
import { silentLogger } from "../../src/ground/logger.js"
import type { ProxyBot, ProxyName, ProxyOptions } from "../../src/proxy/index.js"
import type { CallerOptions } from "../../src/node-server/client-address/callers.js"
import { Simulator, type SimulatedBot } from "@sounder/simulator"
import { InputFile } from "../../src/telegram/input-file.js"
import { Updater } from "../../src/updater.js"
import { freePort } from "../support/free-port.js"

/** A bot of a test, and the texts that it has heard. */
export interface BotBehind {
  readonly account: SimulatedBot
  readonly heard: string[]
  readonly behind: ProxyBot
}

/** The three bots of the tests: one on a port, one on a unix socket, one by its path. */
export const hosts = ["bot1.example.com", "bot2.example.com", "example.com"]

/** A name that leads to the proxy and belongs to no bot. */
export const unknownHost = "unknown.example.com"

/**
 * Telegram with the rules of the cloud, a port to which the hosts lead, a folder with a certificate for each
 * host, and bots behind the proxy at that port.
 */
export class BotsBehind implements AsyncDisposable {
  readonly #updaters: Updater[] = []
  readonly bots: BotBehind[] = []

  readonly telegram: Simulator
  /** The port of the proxy. */
  readonly port: number
  /** The folder of the certificates, of the unix sockets and of the proxy's files. */
  readonly folder: string

  private constructor(telegram: Simulator, port: number, folder: string) {
    this.telegram = telegram
    this.port = port
    this.folder = folder
  }

  static async open(): Promise<BotsBehind> {
    const port = await freePort()
    const names = [...hosts, unknownHost].map((host) => [`${host}:443`, `127.0.0.1:${port}`])
    const telegram = await Simulator.start({
      hosts: Object.fromEntries(names) as Record<string, string>,
    })
    const folder = mkdtempSync(join(tmpdir(), "sounder-proxy-"))
    mkdirSync(join(folder, "certs"))
    for (const host of [...hosts, unknownHost]) {
      const { key, cert } = await createCertificate(host)
      const place = host === unknownHost ? folder : join(folder, "certs")
      writeFileSync(join(place, `${host}.pem`), cert + key)
    }
    return new BotsBehind(telegram, port, folder)
  }

  /** Returns the path of a bot's certificate and key. */
  pem(host: string): string {
    return join(this.folder, "certs", `${host}.pem`)
  }

  /** Returns the options of the proxy's configuration. */
  options(proxy: ProxyName, more: Partial<ProxyOptions> = {}): ProxyOptions {
    return {
      bots: this.bots.map(({ behind }) => behind),
      listen: `127.0.0.1:${this.port}`,
      ...(more.passthrough ? {} : { certificates: join(this.folder, "certs") }),
      // nginx may then use the unix sockets of these bots.
      ...(proxy === "nginx" ? { user: userInfo().username } : {}),
      ...more,
    }
  }

  /** Starts a bot that records the texts that it hears. */
  async start(place: {
    host: string
    path?: string
    listen: string
    ownTls?: boolean
    callers?: CallerOptions
    /** Whether the test registers the webhook, as its owner would by hand. */
    byHand?: boolean
  }): Promise<BotBehind> {
    const { host, path, listen, ownTls = false, callers = {}, byHand = false } = place
    const account = this.telegram.bot()
    const bot = new Bot(account.token, { apiRoot: this.telegram.apiRoot })
    const updater = new Updater({ bot, logger: silentLogger })
    this.#updaters.push(updater)
    const heard: string[] = []
    updater.dispatcher.on(filters.text, (ctx) => void heard.push(ctx.message.text))
    const pem = this.pem(host)
    const url = `https://${host}${path ?? "/hook"}`
    const port = listen.startsWith("unix:") ? {} : { port: Number(listen.split(":")[1]) }
    await updater.startWebhook({
      listen: listen.startsWith("unix:") ? listen : "127.0.0.1",
      ...port,
      ...callers,
      ...(byHand ? { urlPath: "hook" } : { cert: pem, webhookUrl: url }),
      ...(ownTls ? { key: pem } : {}),
    })
    if (byHand) {
      // The same file contains the key, which must not be uploaded.
      const [cert = ""] = readFileSync(pem, "utf8").split("-----BEGIN PRIVATE")
      const certificate = InputFile.bytes(cert, { filename: "cert.pem" })
      await bot.setWebhook({ url, certificate, secret_token: updater.secretToken })
    }
    const behind = { host, server: listen, ...(path === undefined ? {} : { path }) }
    const started = { account, heard, behind }
    this.bots.push(started)
    return started
  }

  /** Starts two bots with names, on a port and a unix socket, and one with a path unless bots terminate TLS. */
  async startAll(ownTls = false, callers: CallerOptions = {}): Promise<void> {
    const [first = "", second = "", shared = ""] = hosts
    const listen = `127.0.0.1:${await freePort()}`
    await this.start({ host: first, listen, ownTls, callers })
    await this.start({
      host: second,
      listen: `unix:${join(this.folder, "bot2.sock")}`,
      ownTls,
      callers,
    })
    if (ownTls) return
    await this.start({
      host: shared,
      path: "/bot3",
      listen: `127.0.0.1:${await freePort()}`,
      callers,
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#updaters.map((updater) => updater.stop({ deadlineMs: 100 })))
    await this.telegram[Symbol.asyncDispose]()
    rmSync(this.folder, { recursive: true, force: true })
  }
}
