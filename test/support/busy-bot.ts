import { Bot } from "../../src/bot/index.js"
import { filters } from "../../src/dispatch/index.js"
import type { Logger } from "../../src/ground/logger.js"
import { Simulator, type SimulatedBot } from "@sounder/simulator"
import { type StartWebhookOptions, Updater } from "../../src/updater.js"
import { freePort } from "./free-port.js"
import { untilTrue } from "./waiting.js"

/** A bot at a name or address on port 443 of a simulated Telegram, and people who write to it. */
export class BusyBot implements AsyncDisposable {
  readonly heard: string[] = []
  readonly said: { level: keyof Logger; message: string }[] = []
  readonly telegram: Simulator
  readonly port: number
  readonly host: string
  readonly account: SimulatedBot
  readonly updater: Updater
  #people: Promise<number>[] = []
  #isOver = false

  private constructor(telegram: Simulator, host: string, port: number) {
    this.telegram = telegram
    this.host = host
    this.port = port
    this.account = telegram.bot()
    const bot = new Bot(this.account.token, { apiRoot: telegram.apiRoot })
    this.updater = new Updater({ bot, logger: this.logger })
    this.updater.dispatcher.on(filters.text, (ctx) => void this.heard.push(ctx.message.text))
  }

  /** @param authorities those whom Telegram trusts */
  static async open(
    host: string,
    authorities: readonly string[] = [],
    ownPort?: number,
  ): Promise<BusyBot> {
    const port = ownPort ?? (await freePort())
    const hosts = { [`${host}:443`]: `127.0.0.1:${port}` }
    return new BusyBot(await Simulator.start({ hosts, authorities }), host, port)
  }

  /** A logger that records its messages in {@link BusyBot.said}. */
  get logger(): Logger {
    const say = (level: keyof Logger) => (message: string) =>
      void this.said.push({ level, message })
    return { debug: say("debug"), info: say("info"), warn: say("warn"), error: say("error") }
  }

  /** The logged warnings and errors. */
  get warnings(): string[] {
    return this.said
      .filter(({ level }) => level === "warn" || level === "error")
      .map(({ message }) => message)
  }

  async start(options: StartWebhookOptions): Promise<void> {
    await this.updater.startWebhook({
      listen: "127.0.0.1",
      port: this.port,
      webhookUrl: `https://${this.host}/hook`,
      ...options,
    })
  }

  /**
   * Lets people write until {@link BusyBot.calm}. Each sends a message when the last one was
   * handled.
   */
  write(people = 10): void {
    this.#people = Array.from({ length: people }, async (_, person) => {
      const user = this.telegram.user()
      let sent = 0
      while (!this.#isOver) {
        const text = `${person}: ${sent}`
        await user.send(this.account, text)
        sent += 1
        await untilTrue(() => this.heard.includes(text))
      }
      return sent
    })
  }

  /** Resolves when `count` more messages were handled. */
  async more(count: number): Promise<void> {
    const wanted = this.heard.length + count
    await untilTrue(() => this.heard.length >= wanted)
  }

  /** Stops the people, and waits for their last messages. Returns the number of messages. */
  async calm(): Promise<number> {
    this.#isOver = true
    const sent = await Promise.all(this.#people)
    return sent.reduce((sum, one) => sum + one, 0)
  }

  /** The deliveries of Telegram that failed. */
  get failed() {
    return this.telegram.deliveries.filter(({ outcome }) => outcome !== "delivered")
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true
    await Promise.allSettled(this.#people)
    await this.updater.stop({ deadlineMs: 500 })
    await this.updater.bot[Symbol.asyncDispose]()
    await this.telegram[Symbol.asyncDispose]()
  }
}
