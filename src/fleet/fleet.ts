import { errorText } from "../ground/error-text.js"
import { Bot, type BotOptions } from "../bot/index.js"
import { Dispatcher, type StopVerdict } from "../dispatch/index.js"
import { fewRegistrations } from "./few-registrations.js"
import { Gate } from "./gate.js"
import { FleetBots, type FleetMember } from "./fleet-bots.js"
import type { FleetOptions, FleetStart, FleetWebhookOptions } from "./fleet-options.js"
import { type Logger, guardedLogger } from "../ground/logger.js"
import { MemoryQueue, type UpdateQueue } from "../queue/index.js"
import type { Intake } from "../intake/intake.js"
import { Polling } from "../polling/polling.js"
import { WebhookIntake } from "../webhook-start/webhook-intake.js"
import { SounderError } from "../telegram/errors.js"
import type { StartPollingOptions, StopOptions } from "../updater.js"

/** Begins to receive for one bot. */
type OpenIntake = (bot: Bot) => Promise<Intake>

type State =
  | { readonly kind: "stopped" }
  | { readonly kind: "starting"; readonly opened: Promise<unknown> }
  | { readonly kind: "running"; readonly open: OpenIntake; readonly close: () => Promise<void> }
  | { readonly kind: "stopping"; readonly verdict: Promise<StopVerdict> }

/** How many bots are started at a time. */
const startsAtOnce = 16

/**
 * Any number of bots with one dispatcher, one queue and, over webhooks, one server on one port. Bots
 * come and go while it runs; a bot that fails does not touch the others.
 *
 * Over webhooks each bot has a path of its own, with its id in it and nothing secret, and a secret
 * derived from its token.
 *
 * @example
 * ```ts
 * import { Fleet, WebhookServer } from "sounder"
 *
 * const fleet = new Fleet()
 * fleet.dispatcher.command("start", (ctx) => ctx.reply(`Hello from ${ctx.bot.id}!`))
 * await fleet.add(process.env.BOT_TOKEN)
 * const server = new WebhookServer({ listen: "0.0.0.0", port: 8443, key: "private.key", cert: "cert.pem" })
 * await fleet.startWebhook({ server, webhookUrl: "https://example.com:8443/bots" })
 * await fleet.add(process.env.SECOND_BOT_TOKEN)
 * ```
 */
export class Fleet implements AsyncDisposable {
  /** Where the updates of all bots wait. */
  readonly queue: UpdateQueue
  /** Where handlers are registered, for all bots; `ctx.bot` is the one whose update it is. */
  readonly dispatcher: Dispatcher
  readonly #botOptions: BotOptions
  readonly #logger: Logger
  readonly #onBotEnded: NonNullable<FleetOptions["onBotEnded"]>
  readonly #bots = new FleetBots()
  #state: State = { kind: "stopped" }

  constructor(options: FleetOptions = {}) {
    const { queue, botOptions, onBotEnded, logger, ...dispatch } = options
    this.queue = queue ?? new MemoryQueue()
    this.#logger = guardedLogger(logger)
    this.#botOptions = fewRegistrations({ logger: this.#logger, ...botOptions })
    this.#onBotEnded = onBotEnded ?? (() => {})
    const bot = (id: number) => this.#bots.find(id)
    this.dispatcher = new Dispatcher({ ...dispatch, bot, queue: this.queue, logger: this.#logger })
  }

  /** The bots that are in the fleet. */
  get bots(): readonly Bot[] {
    return this.#bots.present
  }

  /** Whether updates are being received. */
  get isRunning(): boolean {
    return this.#state.kind === "running"
  }

  /**
   * Takes a bot in. While the fleet runs, resolves when the bot receives, and rejects with what
   * `startWebhook` or `startPolling` of an updater would; the bot is not in the fleet then. A bot
   * that receives already is answered as it is. With another token it takes the place of the old
   * one: Telegram keeps what comes meanwhile.
   *
   * @param tokenOrBot a token from @BotFather, or a bot with options of its own
   * @throws TypeError for what cannot be a token
   */
  async add(tokenOrBot: string | Bot | undefined): Promise<Bot> {
    const bot = tokenOrBot instanceof Bot ? tokenOrBot : new Bot(tokenOrBot, this.#botOptions)
    return this.#bots.inTurn(bot.id, async () => {
      const present = this.#bots.at(bot.id)
      if (present?.bot.token === bot.token) return this.#join(present)
      await this.#leave(bot.id)
      return this.#join(this.#bots.enter(bot))
    })
  }

  /**
   * Lets a bot go: it receives nothing more. What it has received is still handled. Its webhook stays
   * registered, so that Telegram keeps what comes, unless that is asked for.
   *
   * @param options.deleteWebhook whether `deleteWebhook` is called, too; `false` by default
   * @returns whether it was there
   */
  async remove(
    botId: number,
    options: { readonly deleteWebhook?: boolean } = {},
  ): Promise<boolean> {
    return this.#bots.inTurn(botId, async () => {
      const bot = await this.#leave(botId)
      if (bot && options.deleteWebhook) await bot.deleteWebhook()
      return bot !== undefined
    })
  }

  /**
   * Receives over webhooks, all bots on one server. Resolves when each bot receives or has failed;
   * add a bot that has failed again to try anew. Where all fail, rejects with what the first failed
   * with, and nothing is left running.
   *
   * @throws TypeError for options that cannot be right
   * @throws SounderError `already-running`, and what the start of the server rejects with
   */
  async startWebhook(options: FleetWebhookOptions): Promise<FleetStart> {
    const { server, webhookUrl, urlPath, ...shared } = options
    expectBase(webhookUrl)
    const base = urlPath ?? pathOfUrl(webhookUrl)
    // Bots whose turn to start has not come: Telegram is to try again soon, and not to read of a 404.
    const forget = server.expect(this.bots.map(({ id }) => below(base, id)))
    const started = this.#start(
      async () => {
        const isOurs = server.address === undefined
        if (isOurs) await server.start()
        return async () => {
          if (isOurs) await server.close()
        }
      },
      (bot) =>
        WebhookIntake.start({
          allowedUpdates: this.dispatcher.allowedUpdates,
          ...shared,
          ...this.#parts(bot),
          server,
          webhookUrl: webhookUrl === undefined ? undefined : below(webhookUrl, bot.id),
          urlPath: urlPath === undefined && webhookUrl ? undefined : below(urlPath ?? "", bot.id),
        }),
    )
    return started.finally(forget)
  }

  /**
   * Receives by calling `getUpdates`, for each bot by itself. Resolves when each bot receives or has
   * failed; add a bot that has failed again to try anew. Where all fail, rejects with what the first
   * failed with, and nothing is left running.
   *
   * @throws TypeError for options that cannot be right
   * @throws SounderError `already-running`
   */
  async startPolling(options: StartPollingOptions = {}): Promise<FleetStart> {
    return this.#start(
      async () => async () => {},
      (bot) =>
        Polling.start({
          allowedUpdates: () => this.dispatcher.allowedUpdates,
          ...options,
          ...this.#parts(bot),
        }),
    )
  }

  /**
   * Stops receiving for all bots, lets running handlers finish, gives back what waits, and says what
   * became of each update. The bots stay in the fleet, and their webhooks registered. Can be called
   * in any state, and started again afterwards.
   */
  async stop(options: StopOptions = {}): Promise<StopVerdict> {
    const state = this.#state
    if (state.kind === "stopping") return state.verdict
    if (state.kind === "stopped") return { handled: [], handedBack: [], unknown: [] }
    if (state.kind === "starting") {
      await state.opened.catch(() => {})
      return this.stop(options)
    }
    const verdict = this.#drain(state.close, options).finally(() => {
      this.#state = { kind: "stopped" }
    })
    this.#state = { kind: "stopping", verdict }
    return verdict
  }

  /** The same as {@link stop}. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }

  #parts(bot: Bot) {
    return { bot, queue: this.queue, logger: this.#logger }
  }

  /** The dispatcher first, so that the first update finds someone to take it. */
  async #start(prepare: () => Promise<() => Promise<void>>, open: OpenIntake): Promise<FleetStart> {
    const { kind } = this.#state
    if (kind !== "stopped") {
      throw new SounderError("already-running", `The fleet is ${kind}; await stop() first`)
    }
    this.dispatcher.start()
    const opened = prepare()
    this.#state = { kind: "starting", opened }
    try {
      this.#state = { kind: "running", open, close: await opened }
    } catch (error) {
      await this.dispatcher.stop({ deadlineMs: 0 })
      this.#state = { kind: "stopped" }
      throw error
    }
    return this.#startBots()
  }

  async #startBots(): Promise<FleetStart> {
    const gate = new Gate(startsAtOnce)
    const started: Bot[] = []
    const failed: { bot: Bot; error: unknown }[] = []
    const start = async (bot: Bot) => {
      const failure = await this.#tryStart(bot)
      if (failure) failed.push({ bot, error: failure.error })
      else started.push(bot)
    }
    await Promise.all(this.#bots.present.map((bot) => gate.pass(() => start(bot))))
    const mistake = failed.find(({ error }) => error instanceof TypeError)
    const first = mistake ?? (started.length === 0 ? failed[0] : undefined)
    if (!first) return { started, failed }
    await this.stop({ deadlineMs: 0 })
    throw first.error
  }

  async #tryStart(bot: Bot): Promise<{ readonly error: unknown } | undefined> {
    try {
      await this.#bots.inTurn(bot.id, () => this.#receive(bot))
      return undefined
    } catch (error) {
      this.#logger.error(`Bot ${bot.id} does not receive: ${errorText(error)}`)
      return { error }
    }
  }

  /** Begins to receive, where the fleet runs, for one that has just been added. */
  async #join({ bot }: FleetMember): Promise<Bot> {
    try {
      await this.#receive(bot)
      return bot
    } catch (error) {
      this.#bots.leave(bot.id)
      throw error
    }
  }

  /** Begins to receive for a bot that is in the fleet and does not as yet. */
  async #receive(bot: Bot): Promise<void> {
    const member = this.#bots.at(bot.id)
    if (this.#state.kind !== "running" || member?.bot !== bot || member.intake) return
    member.intake = await this.#state.open(bot)
    member.intake.ended.catch((error: unknown) => this.#ended(bot, error))
  }

  #ended(bot: Bot, error: unknown): void {
    this.#logger.error(`Bot ${bot.id} receives nothing more: ${errorText(error)}`)
    void this.#bots.inTurn(bot.id, async () => {
      if (this.#bots.at(bot.id)?.bot !== bot) return
      await this.#leave(bot.id)
      this.#onBotEnded(bot, error)
    })
  }

  async #leave(botId: number): Promise<Bot | undefined> {
    const member = this.#bots.leave(botId)
    await member?.intake?.finish()
    return member?.bot
  }

  async #drain(close: () => Promise<void>, { deadlineMs }: StopOptions): Promise<StopVerdict> {
    const intakes = await this.#bots.takeIntakes()
    await Promise.all(intakes.map((intake) => intake.stopIntake()))
    const verdict = await this.dispatcher.stop({ deadlineMs })
    await Promise.all(intakes.map((intake) => intake.finish()))
    await close()
    return verdict
  }
}

function expectBase(webhookUrl: string | undefined): void {
  if (webhookUrl === undefined || !/[?#]/.test(webhookUrl)) return
  throw new TypeError(
    "Expected the `webhookUrl` option to have neither ? nor #: each bot's id is added to its path.",
  )
}

function pathOfUrl(url: string | undefined): string {
  return url !== undefined && URL.canParse(url) ? new URL(url).pathname : ""
}

/** The URL or path of one bot below that of the fleet. */
function below(base: string, botId: number): string {
  return `${base.replace(/(?<!\/)\/+$/, "")}/${botId}`
}
