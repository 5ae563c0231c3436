import { errorText } from "./ground/error-text.js"
import { type Logger, guardedLogger, withFields } from "./ground/logger.js"
import { Bot } from "./bot/index.js"
import { Dispatcher, type DispatcherOptions, type StopVerdict } from "./dispatch/index.js"
import { MemoryQueue, type UpdateQueue } from "./queue/index.js"
import type { Intake } from "./intake/intake.js"
import { NoIntake } from "./intake/no-intake.js"
import type { StopOptions } from "./intake/stop-options.js"
import { Polling } from "./polling/polling.js"
import type { StartPollingOptions } from "./polling/polling-options.js"
import { deriveSecretToken } from "./webhook/secret-token.js"
import type { WebhookAddress } from "./node-server/webhook-server-options.js"
import { WebhookIntake } from "./webhook-start/webhook-intake.js"
import type { WebhookIntakeOptions } from "./webhook-start/webhook-intake-options.js"
import { EndSignal } from "./ground/end-signal.js"
import { SounderError } from "./telegram/errors.js"

/** What an {@link Updater} is made of. Give a token, or a `bot` with options of its own. */
export interface UpdaterOptions extends Pick<
  DispatcherOptions,
  "attempts" | "concurrency" | "handlerTimeoutMs" | "stale"
> {
  /** The bot's token from @BotFather. */
  readonly token?: string | undefined
  /** A bot with options of its own, instead of a token. */
  readonly bot?: Bot
  /** Where updates wait. A {@link MemoryQueue} by default. */
  readonly queue?: UpdateQueue
  /**
   * Whether updates are only received and put into the queue, for other processes to handle; needs a
   * queue that they share. Handlers only say which types of update are asked for. `false` by default.
   */
  readonly receiveOnly?: boolean
  /** Where warnings go. `console`, without its `info` and `debug`, by default. */
  readonly logger?: Logger
}

/** What `startWebhook` can be told. */
export type StartWebhookOptions = Omit<WebhookIntakeOptions, "bot" | "queue" | "logger" | "signal">

type State =
  | { readonly kind: "stopped" }
  | { readonly kind: "starting"; readonly abort: AbortController; readonly started: Promise<void> }
  | { readonly kind: "running"; readonly intake: Intake }
  | { readonly kind: "stopping"; readonly verdict: Promise<StopVerdict> }

/**
 * One bot from Telegram to its handlers: receives by polling or by webhook, keeps the updates in a
 * queue and dispatches them. Everything it does can be done with the parts it is made of.
 *
 * @example
 * ```ts
 * import { Updater, filters } from "sounder"
 *
 * const updater = new Updater({ token: process.env.BOT_TOKEN })
 * updater.dispatcher.command("start", (ctx) => ctx.reply("Hello!"))
 * updater.dispatcher.on(filters.text, (ctx) => ctx.reply(ctx.message.text))
 *
 * await updater.startPolling()
 * ```
 */
export class Updater implements AsyncDisposable {
  /** Calls to Telegram. */
  readonly bot: Bot
  /** Where updates wait. */
  readonly queue: UpdateQueue
  /** Where handlers are registered, before the start or while it runs. */
  readonly dispatcher: Dispatcher
  readonly #given: Logger
  readonly #logger: Logger
  readonly #receiveOnly: boolean
  #state: State = { kind: "stopped" }
  #ended: Promise<void> = Promise.resolve()
  #isEndWatched = false

  constructor(options: UpdaterOptions) {
    const { token, bot, queue, receiveOnly = false, logger, ...dispatch } = options
    if (bot && token !== undefined) {
      throw new TypeError("Expected either the `token` or the `bot` option, got both.")
    }
    if (receiveOnly && (!queue || queue instanceof MemoryQueue)) {
      throw new TypeError(
        "Expected the `queue` option beside `receiveOnly` to be one that other processes share.",
      )
    }
    this.#receiveOnly = receiveOnly
    this.bot = bot ?? new Bot(token)
    this.#given = guardedLogger(logger)
    this.#logger = withFields(this.#given, { botId: this.bot.id })
    this.queue = queue ?? new MemoryQueue()
    this.dispatcher = new Dispatcher({
      ...dispatch,
      bot: this.bot,
      queue: this.queue,
      logger: this.#given,
    })
  }

  /** Whether updates are being received. */
  get isRunning(): boolean {
    return this.#state.kind === "running"
  }

  /**
   * The secret that Telegram sends along with every webhook request, unless `startWebhook` is told
   * another one: derived from the token, hence the same after a restart and on every machine.
   */
  get secretToken(): string {
    return deriveSecretToken(this.bot.token)
  }

  /**
   * Settles when receiving has ended: resolves after {@link stop}, rejects when Telegram no longer
   * knows the token. Where nobody asks for it, such an end sets the exit code of the process to 1, so
   * that a supervisor starts it again.
   */
  get ended(): Promise<void> {
    this.#isEndWatched = true
    return this.#ended
  }

  /**
   * Receives updates by calling `getUpdates`: those of the kinds that the handlers of the moment
   * want, unless told otherwise. Resolves when Telegram has agreed, and the bot then runs until
   * {@link stop}. Rejects when it could not start, with nothing left running.
   *
   * @see https://core.telegram.org/bots/api#getupdates
   */
  async startPolling(options: StartPollingOptions = {}): Promise<void> {
    await this.#start((parts) =>
      Polling.start({ allowedUpdates: () => this.dispatcher.allowedUpdates, ...options, ...parts }),
    )
  }

  /**
   * Receives updates over a web server of its own: those of the kinds that the handlers of the
   * start want, unless told otherwise. Resolves when the server listens and Telegram has been told,
   * and the bot then runs until {@link stop}. Rejects when it could not start, with
   * nothing left running and nothing registered.
   *
   * @returns where the server listens
   * @see https://core.telegram.org/bots/api#setwebhook
   */
  async startWebhook(options: StartWebhookOptions = {}): Promise<WebhookAddress> {
    const intake = await this.#start((parts) =>
      WebhookIntake.start({
        allowedUpdates: this.dispatcher.allowedUpdates,
        ...options,
        ...parts,
      }),
    )
    return intake.address
  }

  /**
   * Handles what other processes put into the queue, and receives nothing. Resolves at once, and the
   * bot then works until {@link stop}.
   */
  async startWorker(): Promise<void> {
    if (this.#receiveOnly) throw new TypeError("Expected no `receiveOnly` in a process that works.")
    await this.#start(() => Promise.resolve(new NoIntake()))
  }

  /** {@link startPolling}, then waits for SIGINT or SIGTERM (or the end of `ended`) and stops. */
  async runPolling(options: StartPollingOptions & StopOptions = {}): Promise<StopVerdict> {
    const { deadlineMs, deleteWebhook, ...polling } = options
    return this.#run(() => this.startPolling(polling), { deadlineMs, deleteWebhook })
  }

  /** {@link startWebhook}, then waits for SIGINT or SIGTERM (or the end of `ended`) and stops. */
  async runWebhook(options: StartWebhookOptions & StopOptions = {}): Promise<StopVerdict> {
    const { deadlineMs, deleteWebhook, ...webhook } = options
    return this.#run(() => this.startWebhook(webhook), { deadlineMs, deleteWebhook })
  }

  /** {@link startWorker}, then waits for SIGINT or SIGTERM and stops. */
  async runWorker(options: StopOptions = {}): Promise<StopVerdict> {
    return this.#run(() => this.startWorker(), options)
  }

  /**
   * Stops receiving, lets running handlers finish, gives back what waits, and says what became of
   * each update. A webhook stays registered unless told otherwise, so that Telegram keeps what comes
   * meanwhile in either case. Can be called in any state, and started again afterwards.
   */
  async stop(options: StopOptions = {}): Promise<StopVerdict> {
    const state = this.#state
    if (state.kind === "starting") {
      state.abort.abort(new SounderError("not-running", "The updater was stopped while it started"))
      await state.started
      return this.stop(options)
    }
    if (state.kind === "stopping") return state.verdict
    if (state.kind === "stopped") return { handled: [], handedBack: [], unknown: [] }
    const verdict = this.#drain(state.intake, options).finally(() => {
      this.#state = { kind: "stopped" }
    })
    this.#state = { kind: "stopping", verdict }
    return verdict
  }

  /** The same as {@link stop}. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }

  async #start<I extends Intake>(
    open: (parts: {
      bot: Bot
      queue: UpdateQueue
      logger: Logger
      signal: AbortSignal
    }) => Promise<I>,
  ): Promise<I> {
    if (this.#state.kind !== "stopped") {
      throw new SounderError(
        "already-running",
        `The updater is ${this.#state.kind}; await stop() first`,
      )
    }
    const abort = new AbortController()
    const { bot, queue } = this
    const opening = this.#open(() =>
      open({ bot, queue, logger: this.#given, signal: abort.signal }),
    )
    this.#state = { kind: "starting", abort, started: settled(opening) }
    try {
      const intake = await opening
      this.#state = { kind: "running", intake }
      this.#watch(intake)
      return intake
    } catch (error) {
      this.#state = { kind: "stopped" }
      throw error
    }
  }

  /** The dispatcher first, so that the first update finds someone to take it. */
  async #open<I extends Intake>(open: () => Promise<I>): Promise<I> {
    if (!this.#receiveOnly) this.dispatcher.start()
    try {
      return await open()
    } catch (error) {
      await this.dispatcher.stop({ deadlineMs: 0 })
      throw error
    }
  }

  #watch(intake: Intake): void {
    this.#ended = intake.ended
    intake.ended.catch((error: unknown) => {
      this.#logger.error(`Receiving has ended: ${errorText(error)}`)
      if (!this.#isEndWatched) process.exitCode ||= 1
      void this.stop()
    })
  }

  async #drain(intake: Intake, options: StopOptions): Promise<StopVerdict> {
    const { deadlineMs, deleteWebhook = false } = options
    await intake.stopIntake()
    const verdict = await this.dispatcher.stop({ deadlineMs })
    await intake.finish()
    // Not before everything is answered: it cuts off what is being delivered.
    if (deleteWebhook && intake instanceof WebhookIntake) await this.#deleteWebhook()
    return verdict
  }

  async #deleteWebhook(): Promise<void> {
    try {
      await this.bot.deleteWebhook()
    } catch (error) {
      const reason = errorText(error)
      this.#logger.error(`The webhook could not be deleted, and stays: ${reason}`)
    }
  }

  async #run(start: () => Promise<unknown>, options: StopOptions): Promise<StopVerdict> {
    using signal = new EndSignal()
    try {
      await Promise.race([start(), signal.received])
      await Promise.race([this.ended, signal.received])
    } catch (error) {
      await this.stop(options)
      throw error
    }
    return this.stop(options)
  }
}

async function settled(promise: Promise<unknown>): Promise<void> {
  await promise.catch(() => {})
}
