import { errorText, isError } from "../ground/error-text.js"
import { Bot, type BotOptions } from "../bot/index.js"
import { Dispatcher, type StopVerdict } from "../dispatch/index.js"
import { limitRegistrations } from "./limit-registrations.js"
import { Semaphore } from "./semaphore.js"
import { FleetBots, type FleetMember, settle } from "./fleet-bots.js"
import type { FleetOptions, FleetStart, FleetWebhookOptions } from "./fleet-options.js"
import { type Logger, guardedLogger } from "../ground/logger.js"
import { MemoryQueue, type UpdateQueue } from "../queue/index.js"
import type { Intake } from "../intake/intake.js"
import { Polling } from "../polling/polling.js"
import { WebhookIntake } from "../webhook-start/webhook-intake.js"
import { SounderError, Unauthorized } from "../telegram/errors.js"
import { SharedTransport } from "./shared-transport.js"
import { Timer } from "../ground/timer.js"
import type { StartPollingOptions, StopOptions } from "../updater.js"

/** Begins to receive for one bot. What asks Telegram is done in turn. */
type OpenIntake = (bot: Bot) => Promise<Intake>

/** What has to be there before bots receive. Returns what ends it. */
type Prepare = () => Promise<() => Promise<void>>

type State =
  | { readonly kind: "stopped" }
  | { readonly kind: "starting"; readonly opened: Promise<unknown> }
  | { readonly kind: "running"; readonly open: OpenIntake; readonly close: () => Promise<void> }
  | { readonly kind: "stopping"; readonly verdict: Promise<StopVerdict> }

/** For how many bots a start asks Telegram at a time. */
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
  readonly #transport: SharedTransport
  readonly #starts = new Semaphore(startsAtOnce)
  #state: State = { kind: "stopped" }

  constructor(options: FleetOptions = {}) {
    const { queue, botOptions, onBotEnded, logger, ...dispatch } = options
    this.queue = queue ?? new MemoryQueue()
    this.#logger = guardedLogger(logger)
    this.#transport = new SharedTransport(botOptions?.proxy)
    const ofAll = { logger: this.#logger, transport: this.#transport }
    this.#botOptions = limitRegistrations({ ...ofAll, ...botOptions })
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
   * Receives over webhooks, all bots on one server: first the server takes updates for all of them,
   * then they are registered. Resolves when each bot is registered or has failed; one that has failed is
   * tried again, later and later, unless Telegram does not know its token. Where all fail, rejects with
   * what the first failed with, and nothing is left running.
   *
   * @throws TypeError for options that cannot be right
   * @throws SounderError `already-running`, and what the start of the server rejects with
   */
  async startWebhook(options: FleetWebhookOptions): Promise<FleetStart> {
    const { server, webhookUrl, urlPath, ...shared } = options
    expectBase(webhookUrl)
    const pathOf = (bot: Bot) => below(urlPath ?? pathOfUrl(webhookUrl), bot.id)
    return this.#start(
      async () => {
        // Until a bot receives, Telegram is to try again soon, and not to read of a 404.
        for (const member of this.#bots.members)
          member.stopExpecting = server.expect([pathOf(member.bot)])
        const isOurs = server.address === undefined
        if (isOurs) await server.start()
        return async () => {
          if (isOurs) await server.close()
        }
      },
      (bot) => {
        const given = {
          allowedUpdates: this.dispatcher.allowedUpdates,
          ...shared,
          ...this.#parts(bot),
          server,
          webhookUrl: webhookUrl === undefined ? undefined : below(webhookUrl, bot.id),
          urlPath: urlPath === undefined && webhookUrl ? undefined : pathOf(bot),
        }
        return WebhookIntake.start(given, (act) => this.#starts.pass(act))
      },
    )
  }

  /**
   * Receives by calling `getUpdates`, for each bot by itself. Resolves when each bot receives or has
   * failed; one that has failed is tried again, later and later, unless Telegram does not know its
   * token. Where all fail, rejects with what the first failed with, and nothing is left running.
   *
   * @throws TypeError for options that cannot be right
   * @throws SounderError `already-running`
   */
  async startPolling(options: StartPollingOptions = {}): Promise<FleetStart> {
    return this.#start(
      async () => async () => {},
      (bot) => {
        const given = {
          allowedUpdates: () => this.dispatcher.allowedUpdates,
          ...options,
          ...this.#parts(bot),
        }
        return this.#starts.pass(() => Polling.start(given))
      },
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

  /** The same as {@link stop}; the connections for the bots' calls are closed, too. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
    await this.#transport[Symbol.asyncDispose]()
  }

  #parts(bot: Bot) {
    return { bot, queue: this.queue, logger: this.#logger }
  }

  /** The dispatcher first, so that the first update finds someone to take it. */
  async #start(prepare: Prepare, open: OpenIntake): Promise<FleetStart> {
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
      for (const member of this.#bots.members) settle(member)
      this.#state = { kind: "stopped" }
      throw error
    }
    return this.#startBots()
  }

  async #startBots(): Promise<FleetStart> {
    const started: Bot[] = []
    const failed: { bot: Bot; error: unknown }[] = []
    const start = async (bot: Bot) => {
      const failure = await this.#tryStart(bot)
      if (failure) failed.push({ bot, error: failure.error })
      else started.push(bot)
    }
    await Promise.all(this.#bots.present.map(start))
    const mistake = failed.find(({ error }) => error instanceof TypeError)
    const first = mistake ?? (started.length === 0 ? failed[0] : undefined)
    if (!first) {
      for (const { bot, error } of failed) this.#tryLater(bot, error)
      return { started, failed }
    }
    await this.stop({ deadlineMs: 0 })
    throw first.error
  }

  /** What Telegram refuses for good is not asked for again. */
  #tryLater(bot: Bot, error: unknown): void {
    const member = this.#bots.at(bot.id)
    if (isError(error) && error instanceof Unauthorized) return
    if (this.#state.kind !== "running" || member?.bot !== bot) return
    member.retry = new Timer(() => void this.#retry(bot), member.backoff.next())
  }

  async #retry(bot: Bot): Promise<void> {
    const failure = await this.#tryStart(bot)
    if (failure) this.#tryLater(bot, failure.error)
    else this.#logger.info(`Bot ${bot.id} receives now`)
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
    settle(member)
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
