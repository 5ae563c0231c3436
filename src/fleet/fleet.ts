import { CallPlace } from "../ground/call-place.js"
import { logStartLine } from "../intake/start-line.js"
import { errorText } from "../ground/error-text.js"
import { expectOptionsObject } from "../ground/expect-option.js"
import { Bot, type BotOptions } from "../bot/index.js"
import { Dispatcher, type StopVerdict } from "../dispatch/index.js"
import { expectBaseUrl, pathOfUrl, withBotId } from "./bot-paths.js"
import { RegistrationPace } from "./registration-pace.js"
import { FleetBots, type FleetMember, cancelStart } from "./fleet-bots.js"
import {
  fleetOptionNames,
  type FleetOptions,
  type FleetStart,
  fleetWebhookOptionNames,
  type FleetWebhookOptions,
} from "./fleet-options.js"
import { type FleetBotStatus, statusOfMember } from "./fleet-status.js"
import { defaultMaxConnections } from "./max-connections.js"
import { retryBackoff, retryWaitMs } from "./retry-wait.js"
import { StartProgress } from "./start-progress.js"
import type { Logger } from "../ground/logger.js"
import { guardedLogger } from "../telegram/guarded-logger.js"
import { MemoryQueue, type UpdateQueue } from "../queue/index.js"
import type { Intake } from "../intake/intake.js"
import { type StopOptions, stopOptionNames } from "../intake/stop-options.js"
import { Polling } from "../polling/polling.js"
import { pollingOptionNames, type StartPollingOptions } from "../polling/polling-options.js"
import { unknownBotHook } from "../webhook-start/unknown-bot.js"
import { WebhookIntake } from "../webhook-start/webhook-intake.js"
import { SounderError } from "../telegram/errors.js"
import { SharedTransport } from "./shared-transport.js"
import { Timer } from "../ground/timer.js"
import { deriveSecretToken } from "../webhook/secret-token.js"

/** A function that starts to receive for one bot. An abort ends the start. */
type OpenIntake = (bot: Bot, signal: AbortSignal) => Promise<Intake>

/** A function that starts the server, if there is one, and resolves with the function that closes it. */
type Prepare = () => Promise<() => Promise<void>>

type State =
  | { readonly kind: "stopped" }
  | { readonly kind: "starting"; readonly opened: Promise<unknown> }
  | {
      readonly kind: "running"
      readonly open: OpenIntake
      readonly close: () => Promise<void>
      /** The abort of all starts that have not ended. */
      readonly abort: AbortController
    }
  | { readonly kind: "stopping"; readonly verdict: Promise<StopVerdict> }

/** An id with as many digits as most ids of bots have. */
const sampleId = 1_000_000_000

/**
 * Any number of bots with one dispatcher, one queue and, for webhooks, one server on one port. Bots can
 * be added and removed while the fleet runs. The failure of a bot does not affect the other bots.
 *
 * With webhooks, the path of each bot contains its id and nothing secret. The secret of each webhook is
 * derived from the bot's token.
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
  /** The queue for the updates of all bots. */
  readonly queue: UpdateQueue
  /** The dispatcher, with the handlers for all bots. `ctx.bot` is the bot that got the update. */
  readonly dispatcher: Dispatcher
  readonly #botOptions: BotOptions
  readonly #logger: Logger
  readonly #hasOwnLogger: boolean
  readonly #onBotEnded: NonNullable<FleetOptions["onBotEnded"]>
  readonly #bots = new FleetBots()
  readonly #transport: SharedTransport
  readonly #pace = new RegistrationPace()
  #state: State = { kind: "stopped" }

  constructor(options: FleetOptions = {}) {
    expectOptionsObject(options, "new Fleet({ queue })", fleetOptionNames)
    const { queue, botOptions, onBotEnded, logger, ...dispatch } = options
    this.queue = queue ?? new MemoryQueue()
    this.#logger = guardedLogger(logger)
    this.#hasOwnLogger = logger !== undefined
    this.#transport = new SharedTransport(botOptions?.proxy)
    this.#botOptions = { logger: this.#logger, transport: this.#transport, ...botOptions }
    this.#onBotEnded = onBotEnded ?? (() => {})
    const bot = (id: number) => this.#bots.find(id)
    this.dispatcher = new Dispatcher({ ...dispatch, bot, queue: this.queue, logger: this.#logger })
  }

  /** The bots of the fleet. */
  get bots(): readonly Bot[] {
    return this.#bots.all
  }

  /** Returns the state of each bot. */
  status(): FleetBotStatus[] {
    return this.#bots.members.map((member) => statusOfMember(member, this.isRunning))
  }

  /** True while the fleet runs, even if no bot receives yet. */
  get isRunning(): boolean {
    return this.#state.kind === "running"
  }

  /**
   * Adds a bot, and resolves with it. While the fleet runs, resolves when the bot receives. Rejects with
   * the error of its start, as `startWebhook` and `startPolling` of an updater do; the bot is then not in
   * the fleet.
   *
   * If the fleet already has a bot with this token, resolves with that bot. A bot with the same id and
   * another token is replaced; Telegram keeps the updates that come meanwhile.
   *
   * @param tokenOrBot a token from @BotFather, or a bot with its own options
   * @throws TypeError for a malformed token
   */
  async add(tokenOrBot: string | Bot | undefined): Promise<Bot> {
    const bot = tokenOrBot instanceof Bot ? tokenOrBot : new Bot(tokenOrBot, this.#botOptions)
    return this.#bots.inOrder(bot.id, async () => {
      const existing = this.#bots.get(bot.id)
      if (existing?.bot.token === bot.token) return this.#receiveOrRemove(existing)
      await this.#removeBot(bot.id)
      return this.#receiveOrRemove(this.#bots.add(bot, this.#pace.hook))
    })
  }

  /**
   * Removes a bot, which stops receiving. Its received updates are still handled. Its webhook stays
   * registered, so that Telegram keeps new updates.
   *
   * @param options.deleteWebhook true to call `deleteWebhook`. Default: false
   * @returns true if the bot was in the fleet
   */
  async remove(
    botId: number,
    options: { readonly deleteWebhook?: boolean } = {},
  ): Promise<boolean> {
    expectOptionsObject(options, "fleet.remove(botId, { deleteWebhook })", { deleteWebhook: true })
    return this.#bots.inOrder(botId, async () => {
      const bot = await this.#removeBot(botId)
      if (bot && options.deleteWebhook) await bot.deleteWebhook()
      return bot !== undefined
    })
  }

  /**
   * Starts to receive by webhook. Starts the server, then registers the bots. Resolves when each bot has
   * started or failed. A failed bot is tried again with exponential backoff, except if Telegram does
   * not accept its token.
   *
   * Rejects with the first bot's error if every bot fails, with `already-running`, and with the error of
   * the server's start. Nothing is then left running.
   *
   * @throws TypeError for a wrong option
   */
  async startWebhook(options: FleetWebhookOptions): Promise<FleetStart> {
    expectOptionsObject(options, "fleet.startWebhook({ server })", fleetWebhookOptionNames)
    const { server, webhookUrl, urlPath, ...shared } = options
    expectBaseUrl(webhookUrl)
    const pathOf = (botId: number) => withBotId(urlPath ?? pathOfUrl(webhookUrl), botId)
    return this.#start(
      async () => {
        server.closeFolderOf(pathOf(sampleId), unknownBotHook(webhookUrl !== undefined))
        for (const member of this.#bots.members) {
          const { id: botId, token } = member.bot
          const secretToken = deriveSecretToken(token)
          member.stopExpecting = server.expect({ botId, path: pathOf(botId), secretToken })
        }
        const isStartedHere = server.address === undefined
        if (isStartedHere) await server.start()
        return async () => {
          if (isStartedHere) await server.close()
        }
      },
      (bot, signal) => {
        const intakeOptions = {
          allowedUpdates: this.dispatcher.allowedUpdates,
          maxConnections: defaultMaxConnections(this.queue),
          ...shared,
          ...this.#sharedOptions(bot, signal),
          server,
          webhookUrl: webhookUrl === undefined ? undefined : withBotId(webhookUrl, bot.id),
          urlPath: urlPath === undefined && webhookUrl ? undefined : pathOf(bot.id),
        }
        return WebhookIntake.start(intakeOptions)
      },
    )
  }

  /**
   * Starts to receive by `getUpdates`, with one poll per bot. Resolves when each bot has started or
   * failed. A failed bot is tried again with exponential backoff, except if Telegram does not accept its
   * token.
   *
   * Rejects with the first bot's error if every bot fails, and with `already-running`. Nothing is then
   * left running.
   *
   * @throws TypeError for a wrong option
   */
  async startPolling(options: StartPollingOptions = {}): Promise<FleetStart> {
    expectOptionsObject(options, "fleet.startPolling({ timeout })", pollingOptionNames)
    return this.#start(
      async () => async () => {},
      (bot, signal) =>
        Polling.start({
          allowedUpdates: () => this.dispatcher.allowedUpdates,
          ...options,
          ...this.#sharedOptions(bot, signal),
        }),
    )
  }

  /**
   * Stops receiving for all bots, waits for running handlers, hands waiting updates back, and resolves with the outcome
   * of each update. The bots stay in the fleet, and their webhooks stay registered. The fleet can be started again.
   *
   * @param options.deadlineMs the time for running handlers, in milliseconds. Default: 10,000
   */
  async stop(options: StopOptions = {}): Promise<StopVerdict> {
    expectOptionsObject(options, "fleet.stop({ deadlineMs })", stopOptionNames)
    const state = this.#state
    if (state.kind === "stopping") return state.verdict
    if (state.kind === "stopped") return { handled: [], handedBack: [], unknown: [] }
    if (state.kind === "starting") {
      await state.opened.catch(() => {})
      return this.stop(options)
    }
    state.abort.abort()
    const verdict = this.#drain(state.close, options).finally(() => {
      this.#state = { kind: "stopped" }
    })
    this.#state = { kind: "stopping", verdict }
    return verdict
  }

  /** Stops the fleet as {@link stop} does, and closes the connections of the bots' calls. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
    await this.#transport[Symbol.asyncDispose]()
  }

  #sharedOptions(bot: Bot, signal: AbortSignal) {
    return { bot, queue: this.queue, logger: this.#logger, signal }
  }

  async #start(prepare: Prepare, open: OpenIntake): Promise<FleetStart> {
    const place = new CallPlace()
    try {
      const result = await this.#startAll(prepare, open)
      this.#logStart(result.started.length)
      return result
    } catch (error) {
      place.showIfUnplaced(error)
      throw error
    }
  }

  #logStart(started: number): void {
    const bots = started === 1 ? "1 bot receives" : `${started} bots receive`
    const count = this.dispatcher.handlerCount
    const line = `${bots} updates, ${count} handler${count === 1 ? "" : "s"}`
    logStartLine(line, { logger: this.#logger, hasOwnLogger: this.#hasOwnLogger })
  }

  /** Starts the dispatcher before any bot receives, so that the first update is taken at once. */
  async #startAll(prepare: Prepare, open: OpenIntake): Promise<FleetStart> {
    const { kind } = this.#state
    if (kind !== "stopped") {
      throw new SounderError("already-running", `The fleet is ${kind}; await stop() first`)
    }
    this.dispatcher.start()
    const opened = prepare()
    this.#state = { kind: "starting", opened }
    try {
      const close = await opened
      this.#state = { kind: "running", open, close, abort: new AbortController() }
    } catch (error) {
      await this.dispatcher.stop({ deadlineMs: 0 })
      for (const member of this.#bots.members) cancelStart(member)
      this.#state = { kind: "stopped" }
      throw error
    }
    return this.#startBots()
  }

  async #startBots(): Promise<FleetStart> {
    const started: Bot[] = []
    const failed: { bot: Bot; error: unknown }[] = []
    const { all } = this.#bots
    const progress = new StartProgress(all.length, this.#logger)
    const start = async (bot: Bot) => {
      const failure = await this.#tryStart(bot)
      if (failure) failed.push({ bot, error: failure.error })
      else started.push(bot)
      progress.count(failure === undefined)
    }
    await Promise.all(all.map(start))
    progress.end()
    const wrongOption = failed.find(({ error }) => error instanceof TypeError)
    const fatal = wrongOption ?? (started.length === 0 ? failed[0] : undefined)
    if (!fatal || !this.isRunning) {
      for (const { bot, error } of failed) this.#scheduleRetry(bot, error)
      return { started, failed }
    }
    await this.stop({ deadlineMs: 0 })
    throw fatal.error
  }

  /** Plans a retry of a bot's start, except if Telegram does not accept the bot's token. */
  #scheduleRetry(bot: Bot, error: unknown): void {
    const member = this.#bots.get(bot.id)
    if (this.#state.kind !== "running" || member?.bot !== bot) return
    member.backoff ??= retryBackoff()
    const waitMs = retryWaitMs(error, member.backoff)
    if (waitMs === undefined) {
      cancelStart(member)
      member.failure = { error, retryAtMs: undefined }
      return
    }
    member.retry = new Timer(() => void this.#retry(bot), waitMs)
    member.failure = { error, retryAtMs: performance.now() + waitMs }
  }

  async #retry(bot: Bot): Promise<void> {
    const failure = await this.#tryStart(bot)
    if (failure) this.#scheduleRetry(bot, failure.error)
    else this.#logger.info(`Bot ${bot.id} receives updates now`)
  }

  async #tryStart(bot: Bot): Promise<{ readonly error: unknown } | undefined> {
    try {
      await this.#bots.inOrder(bot.id, () => this.#receive(bot))
      return undefined
    } catch (error) {
      if (this.isRunning)
        this.#logger.error(`Bot ${bot.id} cannot receive updates: ${errorText(error)}`)
      return { error }
    }
  }

  /** Starts to receive for a bot of the fleet as {@link #receive} does, and removes the bot if the start fails. */
  async #receiveOrRemove({ bot }: FleetMember): Promise<Bot> {
    try {
      await this.#receive(bot)
      return bot
    } catch (error) {
      this.#bots.remove(bot.id)
      throw error
    }
  }

  /** Starts to receive for a bot, if the fleet runs and the bot is in the fleet and does not receive. */
  async #receive(bot: Bot): Promise<void> {
    const member = this.#bots.get(bot.id)
    if (this.#state.kind !== "running" || member?.bot !== bot || member.intake) return
    member.intake = await this.#state.open(bot, this.#state.abort.signal)
    cancelStart(member)
    member.failure = undefined
    member.intake.ended.catch((error: unknown) => this.#onEnded(bot, error))
  }

  #onEnded(bot: Bot, error: unknown): void {
    this.#logger.error(`Bot ${bot.id} has stopped receiving updates: ${errorText(error)}`)
    void this.#bots.inOrder(bot.id, async () => {
      const member = this.#bots.get(bot.id)
      if (member?.bot !== bot) return
      const { intake } = member
      member.intake = undefined
      member.failure = { error, retryAtMs: undefined }
      await intake?.finish()
      this.#onBotEnded(bot, error)
    })
  }

  async #removeBot(botId: number): Promise<Bot | undefined> {
    const member = this.#bots.remove(botId)
    await member?.intake?.finish()
    return member?.bot
  }

  async #drain(close: () => Promise<void>, { deadlineMs }: StopOptions): Promise<StopVerdict> {
    const intakes = await this.#bots.removeIntakes()
    await Promise.all(intakes.map((intake) => intake.stopIntake({ deadlineMs })))
    const verdict = await this.dispatcher.stop({ deadlineMs })
    await Promise.all(intakes.map((intake) => intake.finish()))
    await close()
    return verdict
  }
}
