import { callerError, CallPlace } from "./ground/call-place.js"
import { isDevelopment } from "./ground/development.js"
import { errorText } from "./ground/error-text.js"
import { expectOptionsObject, type OptionNames } from "./ground/expect-option.js"
import { type Logger, withFields } from "./ground/logger.js"
import { guardedLogger } from "./telegram/guarded-logger.js"
import { expectBot } from "./bot/expect-bot.js"
import { Bot, type CallDefaults } from "./bot/index.js"
import {
  Dispatcher,
  type DispatcherOptions,
  handlingOptionNames,
  type StopVerdict,
} from "./dispatch/index.js"
import { expectQueue } from "./queue/expect-queue.js"
import { MemoryQueue, type UpdateQueue } from "./queue/index.js"
import type { Intake } from "./intake/intake.js"
import { NoIntake } from "./intake/no-intake.js"
import { StartLine } from "./intake/start-line.js"
import { observedStart } from "./intake/observed-start.js"
import { type StopOptions, stopOptionNames } from "./intake/stop-options.js"
import { Polling } from "./polling/polling.js"
import { pollingOptionNames, type StartPollingOptions } from "./polling/polling-options.js"
import { deriveSecretToken } from "./webhook/secret-token.js"
import type { WebhookAddress } from "./node-server/webhook-server-options.js"
import { WebhookIntake, webhookIntakeNames } from "./webhook-start/webhook-intake.js"
import type { WebhookIntakeOptions } from "./webhook-start/webhook-intake-options.js"
import { EndSignal } from "./ground/end-signal.js"
import { SounderError } from "./telegram/errors.js"

/** Options of an {@link Updater}. Either `token` or `bot` is required. */
export interface UpdaterOptions extends Pick<
  DispatcherOptions,
  "advice" | "attempts" | "autoAnswer" | "concurrency" | "handlerTimeoutMs" | "stale"
> {
  /** The bot's token from @BotFather. */
  readonly token?: string | undefined
  /** A bot that was created with its own options, in place of `token`. */
  readonly bot?: Bot
  /** Values of parameters for all calls of the bot that is created with `token`. Default: none. */
  readonly defaults?: CallDefaults
  /** The queue of received updates. Default: a new {@link MemoryQueue}. */
  readonly queue?: UpdateQueue
  /**
   * Whether this process only receives updates, and other processes handle them. Requires a `queue` that the
   * processes share. Registered handlers only determine the update types that Telegram sends. Default:
   * `false`.
   */
  readonly receiveOnly?: boolean
  /**
   * The logger. Default: `console` with warnings and errors and, unless `NODE_ENV` is `test`, one line after
   * the start.
   */
  readonly logger?: Logger
}

const optionNames: OptionNames<UpdaterOptions> = {
  ...handlingOptionNames,
  token: true,
  bot: true,
  defaults: true,
  queue: true,
  receiveOnly: true,
  logger: true,
}

/** Options of {@link Updater.startWebhook}. */
export type StartWebhookOptions = Omit<
  WebhookIntakeOptions,
  "bot" | "queue" | "logger" | "signal" | "standsBy"
>

const runPollingNames = { ...pollingOptionNames, ...stopOptionNames }
const runWebhookNames = { ...webhookIntakeNames, ...stopOptionNames }

type State =
  | { readonly kind: "stopped" }
  /** `started` resolves when the start has succeeded or failed. */
  | { readonly kind: "starting"; readonly abort: AbortController; readonly started: Promise<void> }
  | { readonly kind: "running"; readonly intake: Intake }
  | { readonly kind: "stopping"; readonly verdict: Promise<StopVerdict> }

/**
 * A bot that receives updates by polling or by webhook, stores them in a queue, and dispatches them to
 * handlers. An updater connects a `Bot`, a queue, a `Dispatcher` and a `Polling` or `WebhookIntake`; each of these
 * objects can also be used without an `Updater`.
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
  /** The bot, for calls to Telegram. */
  readonly bot: Bot
  /** The queue of received updates. */
  readonly queue: UpdateQueue
  /** The dispatcher. Handlers can be registered at any time. */
  readonly dispatcher: Dispatcher
  /** The logger that is passed to the bot, the dispatcher and the intake, which add their own fields. */
  readonly #baseLogger: Logger
  /** The same logger, with the field `botId`. */
  readonly #logger: Logger
  readonly #receiveOnly: boolean
  readonly #startLine: StartLine
  #state: State = { kind: "stopped" }
  #ended: Promise<void> = Promise.resolve()
  /** Whether the program has read {@link ended}, and so handles its rejection. */
  #isEndWatched = false

  /** @throws TypeError for a wrong option */
  constructor(options: UpdaterOptions) {
    expectOptionsObject(options, "new Updater({ token })", optionNames)
    const { token, bot, defaults, queue, receiveOnly = false, logger, ...dispatch } = options
    const { advice = isDevelopment() } = dispatch
    if (bot !== undefined) expectBot(bot, token)
    if (bot && defaults !== undefined) {
      throw callerError(
        "Expected either the `bot` or the `defaults` option, got both: give the `defaults` to the `Bot`.",
      )
    }
    if (receiveOnly && (!queue || queue instanceof MemoryQueue)) {
      throw callerError(
        "Expected the `queue` option to be a queue that other processes share, because of `receiveOnly`.",
      )
    }
    if (queue !== undefined) expectQueue(queue)
    this.#receiveOnly = receiveOnly
    this.#baseLogger = guardedLogger(logger)
    this.bot =
      bot ??
      new Bot(token, {
        logger: this.#baseLogger,
        advice,
        ...(defaults !== undefined && { defaults }),
      })
    this.#logger = withFields(this.#baseLogger, { botId: this.bot.id })
    const hasOwnLogger = logger !== undefined
    this.#startLine = new StartLine(this.bot, { logger: this.#logger, hasOwnLogger, advice })
    this.queue = queue ?? new MemoryQueue()
    this.dispatcher = new Dispatcher({
      ...dispatch,
      bot: this.bot,
      queue: this.queue,
      logger: this.#baseLogger,
    })
  }

  /** Whether the updater has started and is not stopping. */
  get isRunning(): boolean {
    return this.#state.kind === "running"
  }

  /**
   * The secret that Telegram sends in a header of every webhook request, unless the option `secretToken` of
   * `startWebhook` is set. The secret is derived from the token, so it is the same after a restart and on every
   * machine.
   */
  get secretToken(): string {
    return deriveSecretToken(this.bot.token)
  }

  /**
   * A promise of the end of receiving: resolves after {@link stop}, and rejects if Telegram no longer knows
   * the token. If the program has never read this property, the rejection sets the exit code of the process
   * to 1, so that a supervisor restarts it.
   */
  get ended(): Promise<void> {
    this.#isEndWatched = true
    return this.#ended
  }

  /**
   * Starts receiving updates by polling, until {@link stop}. Resolves when Telegram has accepted the token,
   * and has deleted the webhook if one was set. Rejects if the start fails or {@link stop} is called during
   * the start; nothing keeps running then. Default of `allowedUpdates`: the types of the registered handlers.
   *
   * @throws SounderError `already-running` unless the updater is stopped
   * @see https://core.telegram.org/bots/api#getupdates
   */
  startPolling(options: StartPollingOptions = {}): Promise<void> {
    return observedStart("startPolling", this.#logger, async () => {
      const { dispatcher } = this
      await this.#start((parts) =>
        Polling.start({ allowedUpdates: () => dispatcher.allowedUpdates, ...options, ...parts }),
      )
      this.#logStart(options.standby ? "polls, or stands by" : "polls", options.allowedUpdates)
    })
  }

  /**
   * Starts a web server and receives updates by webhook, until {@link stop}. Resolves when the server listens
   * and the webhook is registered at Telegram. Rejects if the start fails or {@link stop} is called during
   * the start; nothing keeps running then. Default of `allowedUpdates`: the types of the handlers that are
   * registered at the start.
   *
   * @returns the address of the server
   * @throws SounderError `already-running` unless the updater is stopped
   * @see https://core.telegram.org/bots/api#setwebhook
   */
  startWebhook(options: StartWebhookOptions = {}): Promise<WebhookAddress> {
    return observedStart("startWebhook", this.#logger, async () => {
      const { allowedUpdates } = this.dispatcher
      const { address } = await this.#start((parts) =>
        WebhookIntake.start({ allowedUpdates, ...options, ...parts }),
      )
      const { protocol, host, port, socketPath } = address
      const place = socketPath ?? `${protocol}://${host}:${port}`
      this.#logStart(`listens on ${place}`, options.allowedUpdates)
      return address
    })
  }

  /**
   * Starts handling the updates that other processes put into the queue, without receiving any, until
   * {@link stop}. Resolves at once.
   *
   * @throws TypeError with the option `receiveOnly`
   * @throws SounderError `already-running` unless the updater is stopped
   */
  startWorker(): Promise<void> {
    return observedStart("startWorker", this.#logger, async () => {
      if (this.#receiveOnly) throw callerError("Expected no `receiveOnly` option in a worker.")
      await this.#start(() => Promise.resolve(new NoIntake()))
      this.#logStart("handles the updates of the queue", undefined)
    })
  }

  /**
   * Calls {@link startPolling}, waits for SIGINT or SIGTERM, and calls {@link stop}. Resolves with the result
   * of `stop`. If the start fails or {@link ended} rejects, calls `stop`, then rejects with that error.
   */
  runPolling(options: StartPollingOptions & StopOptions = {}): Promise<StopVerdict> {
    return observedStart("runPolling", this.#logger, async () => {
      expectOptionsObject(options, "runPolling({ timeout })", runPollingNames)
      const { deadlineMs, deleteWebhook, ...polling } = options
      return this.#run(() => this.startPolling(polling), { deadlineMs, deleteWebhook })
    })
  }

  /**
   * Calls {@link startWebhook}, waits for SIGINT or SIGTERM, and calls {@link stop}. Resolves with the result
   * of `stop`. If the start fails or {@link ended} rejects, calls `stop`, then rejects with that error.
   */
  runWebhook(options: StartWebhookOptions & StopOptions = {}): Promise<StopVerdict> {
    return observedStart("runWebhook", this.#logger, async () => {
      expectOptionsObject(options, "runWebhook({ port })", runWebhookNames)
      const { deadlineMs, deleteWebhook, ...webhook } = options
      return this.#run(() => this.startWebhook(webhook), { deadlineMs, deleteWebhook })
    })
  }

  /**
   * Calls {@link startWorker}, waits for SIGINT or SIGTERM, and calls {@link stop}. Resolves with the result
   * of `stop`.
   */
  runWorker(options: StopOptions = {}): Promise<StopVerdict> {
    return observedStart("runWorker", this.#logger, async () => {
      expectOptionsObject(options, "runWorker({ deadlineMs })", stopOptionNames)
      return this.#run(() => this.startWorker(), options)
    })
  }

  /**
   * Stops receiving, hands back the waiting updates, and waits for the running handlers up to the deadline.
   * Telegram keeps new updates until the next start; a webhook stays registered unless `deleteWebhook` is
   * set. A call during a start aborts it, and a call during a stop returns the same verdict. The updater can
   * be started again afterwards.
   *
   * @returns the updates that were waiting or running, grouped by how they ended
   */
  async stop(options: StopOptions = {}): Promise<StopVerdict> {
    expectOptionsObject(options, "stop({ deadlineMs })", stopOptionNames)
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

  #logStart(activity: string, allowedUpdates: StartPollingOptions["allowedUpdates"]): void {
    const handlers = this.#receiveOnly ? undefined : this.dispatcher.handlerCount
    this.#startLine.log(activity, handlers)
    if (allowedUpdates === undefined) return
    const types = typeof allowedUpdates === "function" ? allowedUpdates() : allowedUpdates
    this.dispatcher.adviseOnTypes(types)
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
    const place = new CallPlace()
    const abort = new AbortController()
    const { bot, queue } = this
    const opening = this.#withDispatcher(() =>
      open({ bot, queue, logger: this.#baseLogger, signal: abort.signal }),
    )
    this.#state = { kind: "starting", abort, started: settled(opening) }
    try {
      const intake = await opening
      this.#state = { kind: "running", intake }
      this.#watch(intake)
      return intake
    } catch (error) {
      this.#state = { kind: "stopped" }
      place.showIfUnplaced(error)
      throw error
    }
  }

  /**
   * Starts the dispatcher, then the intake, so that the first update is taken at once. Stops the dispatcher
   * if the intake does not start.
   */
  async #withDispatcher<I extends Intake>(open: () => Promise<I>): Promise<I> {
    if (!this.#receiveOnly) this.dispatcher.start()
    try {
      return await open()
    } catch (error) {
      await this.dispatcher.stop({ deadlineMs: 0 })
      throw error
    }
  }

  /** Publishes the intake's end as {@link ended}. If receiving fails, logs the error and stops the updater. */
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
    await intake.stopIntake({ deadlineMs })
    const verdict = await this.dispatcher.stop({ deadlineMs })
    await intake.finish()
    // After `finish`, because at `deleteWebhook` Telegram drops the requests that have no answer yet.
    if (deleteWebhook && intake instanceof WebhookIntake) await this.#deleteWebhook()
    return verdict
  }

  async #deleteWebhook(): Promise<void> {
    try {
      await this.bot.deleteWebhook()
    } catch (error) {
      const reason = errorText(error)
      this.#logger.error(`The webhook could not be deleted, and stays set: ${reason}`)
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
