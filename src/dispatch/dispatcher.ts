import { errorText } from "../ground/error-text.js"
import type { Bot } from "../bot/index.js"
import { announceHandling, isHandlingWatched } from "../events/announce-handling.js"
import { AdviceLog } from "../ground/advice-log.js"
import { isDevelopment } from "../ground/development.js"
import {
  expectBoolean,
  expectDurationMs,
  expectInteger,
  expectOptionsObject,
  type OptionNames,
} from "../ground/expect-option.js"
import { guardedLogger } from "../telegram/guarded-logger.js"
import { expectQueue } from "../queue/expect-queue.js"
import { namedLaneRule } from "../queue/named-lane-rule.js"
import type { ResponseSlot } from "../queue/response-slot.js"
import type { StateStore } from "../queue/state-store.js"
import type { Delivery, UpdateQueue } from "../queue/update-queue.js"
import { SounderError } from "../telegram/errors.js"
import type { UpdateType } from "../telegram/api.js"
import type { Update } from "../telegram/types.js"
import { ownType } from "../telegram/own-update.js"
import { type PromisedCall, promisedCall } from "../telegram/promised-call.js"
import { updateType } from "../telegram/update-facts.js"
import { optInUpdateTypes, updateTypes } from "../telegram/update-types.js"
import { adviseOnHandlers, adviseOnTypes } from "./advice/handler-advice.js"
import { LaneWatch } from "./advice/lane-watch.js"
import { PressWatch } from "./advice/press-watch.js"
import { BackgroundWork } from "./handlers/background-work.js"
import {
  type BotSource,
  dispatcherOptionNames,
  type DispatcherOptions,
} from "./dispatcher-options.js"
import { ErrorReport } from "./handlers/error-report.js"
import { FailureRule } from "./handlers/failure-rule.js"
import { Handling } from "./context/handling.js"
import type { HeldDeliveries } from "./consumer/held-deliveries.js"
import { Interrupter } from "./consumer/interrupter.js"
import { PromisedCallRun } from "./outbox/promised-call-run.js"
import { QueueConsumer } from "./consumer/queue-consumer.js"
import { answerPress, expectPressAnswer } from "./handlers/press-answers.js"
import { Router } from "./handlers/router.js"
import { StaleUpdates } from "./context/stale-updates.js"
import { emptyVerdict, type StopVerdict } from "./consumer/stop-verdict.js"
import {
  type CommandSync,
  syncCommands,
  type SyncCommandsOptions,
} from "./handlers/sync-commands.js"
import { runWithin } from "./handlers/time-limit.js"
import { UpdateRun } from "./handlers/update-run.js"
import { type Work, workWithoutHandlers } from "./consumer/work.js"
import { UnknownBots } from "./unknown-bots.js"

/** Options of {@link Dispatcher.process}. */
export interface ProcessOptions {
  /** The bot that received the update. Default: the dispatcher's `bot`, unless it is a function. */
  readonly bot?: Bot | undefined
  /**
   * The HTTP response to the webhook request with the update, which may carry a call of `ctx.respond`.
   */
  readonly response?: ResponseSlot | undefined
}

const processOptionNames: OptionNames<ProcessOptions> = { bot: true, response: true }

type State =
  | { readonly kind: "stopped" }
  | { readonly kind: "running"; readonly consumer: QueueConsumer }
  | { readonly kind: "stopping"; readonly verdict: Promise<StopVerdict> }

/**
 * A router that handles the updates of a queue, and those passed to {@link Dispatcher.process}.
 *
 * @example
 * ```ts
 * import { Bot, Dispatcher, filters, MemoryQueue } from "sounder"
 *
 * const bot = new Bot(process.env.BOT_TOKEN)
 * const queue = new MemoryQueue()
 * const dispatcher = new Dispatcher({ bot, queue })
 * dispatcher.command("start", (ctx) => ctx.reply("Hello!"))
 * dispatcher.on(filters.text, (ctx) => ctx.reply(ctx.message.text))
 * dispatcher.start()
 * ```
 */
export class Dispatcher extends Router {
  readonly #bot: Bot | BotSource
  readonly #queue: UpdateQueue | undefined
  readonly #concurrency: number
  readonly #handlerTimeoutMs: number
  readonly #report: ErrorReport
  readonly #onUnawaitedError = (error: unknown, method = "Telegram") => {
    this.#report.log(`A call of ${method} that no code awaits has failed: ${errorText(error)}`)
  }
  readonly #rule: FailureRule
  readonly #stale: StaleUpdates
  readonly #advice: AdviceLog | undefined
  readonly #pressWatch: PressWatch | undefined
  #interrupter: Interrupter | undefined
  readonly #background = new BackgroundWork((message) => this.#report.log(message))
  readonly #autoAnswer: boolean
  readonly #unknownBots: UnknownBots
  #state: State = { kind: "stopped" }

  /** @throws TypeError for a wrong option */
  constructor(options: DispatcherOptions) {
    super()
    expectOptionsObject(options, "new Dispatcher({ bot, queue })", dispatcherOptionNames)
    const { bot, queue, concurrency = 256, handlerTimeoutMs = Infinity } = options
    this.#bot = bot
    if (queue !== undefined) expectQueue(queue)
    this.#queue = queue
    this.#concurrency = expectInteger("concurrency", concurrency, 1, Number.MAX_SAFE_INTEGER)
    this.#handlerTimeoutMs = expectDurationMs("handlerTimeoutMs", handlerTimeoutMs)
    this.#report = new ErrorReport((id) => this.#findBot(id), guardedLogger(options.logger))
    const log = (message: string) => this.#report.log(message)
    this.#unknownBots = new UnknownBots(
      typeof bot === "function" ? undefined : bot,
      (message, about) => this.#report.log(message, about),
    )
    this.#rule = new FailureRule(options.attempts, log)
    this.#stale = new StaleUpdates(options.stale ?? "drop", log)
    this.#autoAnswer = expectBoolean("autoAnswer", options.autoAnswer ?? true)
    if (options.advice ?? isDevelopment()) {
      const logger = guardedLogger(options.logger)
      this.#advice = new AdviceLog((message) => logger.warn(message))
      this.#pressWatch = new PressWatch(this.#advice)
    }
  }

  /** Whether the dispatcher takes updates from its queue. */
  get isRunning(): boolean {
    return this.#state.kind === "running"
  }

  /**
   * The update types that the registered handlers can match, in Telegram's order, for `allowed_updates`. A
   * middleware, or a filter whose types are unknown, can match any type and stands for all types that
   * Telegram sends by default. Types such as `chat_member`, which Telegram sends on request only, are
   * included if a handler names them, and so are types that this version does not know, at the end.
   */
  get allowedUpdates(): UpdateType[] {
    const { named, any } = this.table.plan.types
    const known = updateTypes.filter(
      (type) => named.has(type) || (any && !optInUpdateTypes.includes(type)),
    )
    // Own updates do not come from Telegram.
    const isNewer = (type: UpdateType) =>
      !updateTypes.includes(type) && type !== (ownType as string)
    return [...known, ...[...named].filter(isNewer)]
  }

  /** The number of handlers, including those of mounted routers. */
  get handlerCount(): number {
    return this.table.plan.handlers.length
  }

  /**
   * Compares the lists of commands at Telegram with the commands that have a `description`, and sets or
   * deletes the lists that differ, one after the other. The scopes without a chat are always compared, so
   * that a list without commands in the program is deleted, even if it was set at @BotFather. Rejects with
   * the first error when all lists have been compared.
   *
   * @param bot the bot to set the commands of. Default: the dispatcher's `bot`, unless it is a function.
   * @throws TypeError before any call, for a wrong option, for more than 100 commands in one scope, or without
   *   `bot` if the dispatcher has several bots
   * @see https://core.telegram.org/bots/api#setmycommands
   */
  async syncCommands(bot?: Bot, options: SyncCommandsOptions = {}): Promise<CommandSync> {
    const commands = this.table.plan.handlers.flatMap(({ entry }) => entry.listed ?? [])
    return syncCommands(this.#expectBot(bot), commands, options)
  }

  /**
   * Logs the handlers of update types that `allowedUpdates` excludes. Does nothing if `advice` is off. The
   * `Updater` calls it at its start.
   */
  adviseOnTypes(allowedUpdates: readonly UpdateType[]): void {
    if (this.#advice) adviseOnTypes(this.table.plan.handlers, allowedUpdates, this.#advice)
  }

  /**
   * Starts taking updates from the queue, until {@link stop}. Does nothing if it is already running.
   *
   * @throws TypeError without a queue
   * @throws SounderError `already-running` if a `stop()` has not resolved yet
   */
  start(): void {
    const queue = this.#queue
    if (!queue) throw new TypeError("Expected the `queue` option: there is nothing to take from.")
    if (this.#state.kind === "running") return
    if (this.#state.kind === "stopping") {
      throw new SounderError("already-running", "The dispatcher is stopping; await stop() first")
    }
    const advice = this.#advice
    const rule = namedLaneRule(queue)
    const consumer = new QueueConsumer({
      queue,
      concurrency: this.#concurrency,
      start: (delivery) => this.#start(delivery),
      log: (message, about) => this.#report.log(message, about),
      watch: advice && rule && ((held) => new LaneWatch(held, rule, advice)),
      arrivals: (held) => (this.#interrupter = this.#interrupterOf(held)),
    })
    this.#state = { kind: "running", consumer }
    if (advice) adviseOnHandlers(this.table.plan.entries, advice)
  }

  /**
   * Stops taking updates, hands back the waiting updates, and waits for the running handlers. A waiting
   * update is still handled if Telegram has forgotten it and no store keeps it. At the deadline `ctx.signal`
   * aborts; `stop` no longer waits for handlers that still run 250 ms later, and the queue hands their
   * updates back if it can. During the same time, `stop` waits for the promises of `ctx.waitUntil`. Never
   * rejects.
   *
   * A handler must not await `stop()`, which would wait for that handler until the deadline. It may call
   * `stop()` without awaiting it.
   *
   * @param options.deadlineMs milliseconds until the handlers are aborted. Default: 10,000.
   * @returns the updates that were waiting or running, grouped by how they ended; a call during a stop
   *   returns the promise of the first call
   */
  stop(options: { readonly deadlineMs?: number | undefined } = {}): Promise<StopVerdict> {
    expectOptionsObject(options, "dispatcher.stop({ deadlineMs })", { deadlineMs: true })
    const deadlineMs = expectDurationMs("deadlineMs", options.deadlineMs ?? 10_000)
    const state = this.#state
    if (state.kind === "stopping") return state.verdict
    if (state.kind === "stopped") return this.#settleBackground(deadlineMs, emptyVerdict())
    const begun = performance.now()
    const verdict = state.consumer
      .stop(deadlineMs)
      .then((ended) => {
        const restMs = Math.max(0, deadlineMs - (performance.now() - begun))
        return this.#settleBackground(restMs, ended)
      })
      .finally(() => {
        this.#state = { kind: "stopped" }
      })
    this.#state = { kind: "stopping", verdict }
    return verdict
  }

  /**
   * Handles an update at once, without the queue. Resolves when its handlers have ended, including the error
   * handlers. An error of a handler does not reject the promise. The caller keeps the order of updates, and
   * retries them.
   *
   * @throws TypeError without `options.bot`, if the dispatcher's `bot` is a function
   */
  process(update: Update, options: ProcessOptions = {}): Promise<void> {
    expectOptionsObject(options, "process(update, { bot })", processOptionNames)
    const bot = this.#expectBot(options.bot)
    const ended = this.#handle(this.#createRun(new Handling(bot, update), options.response))
    return ended ?? Promise.resolve()
  }

  async #settleBackground(deadlineMs: number, verdict: StopVerdict): Promise<StopVerdict> {
    if (this.#background.size > 0) await this.#background.settle(deadlineMs)
    return verdict
  }

  #expectBot(bot: Bot | undefined): Bot {
    const given = bot ?? this.#bot
    if (typeof given !== "function") return given
    throw new TypeError("Expected the `bot` option: this dispatcher has several bots.")
  }

  #start(delivery: Delivery): Work {
    const { botId, update, attempt, response } = delivery
    const bot = this.#lookUp(botId)
    if (bot === "removed") return workWithoutHandlers()
    if (!bot) return this.#unknownBots.handle(delivery)
    const type = updateType(update)
    if (attempt === 1 && this.#stale.dropIfStale(delivery, type)) return workWithoutHandlers()
    // The handler that streams the draft may run in another lane.
    if (type === "stopped_message_generation") this.#interrupter?.stopDraft(delivery)
    const handling = new Handling(bot, update, type, delivery)
    handling.queue = this.#queue
    const call = promisedCall(update)
    if (call && this.#queue?.state) return this.#startPromised(call, handling, this.#queue.state)
    const run = this.#createRun(handling, response, this.#rule)
    return { ended: this.#handle(run), run }
  }

  /** Starts to make a promised call, without any handler. */
  #startPromised(call: PromisedCall, handling: Handling, state: StateStore): Work {
    handling.onUnawaitedError = this.#onUnawaitedError
    const [report, root, maxCrashes] = [this.#report, this.table, this.#rule.max]
    const run = new PromisedCallRun({ call, handling, state, report, root, maxCrashes })
    const ended = isHandlingWatched() ? announceHandling(handling, run, () => run.run()) : run.run()
    return { ended, run }
  }

  #interrupterOf(held: HeldDeliveries): Interrupter {
    const handlers = () => this.table.plan.interrupting
    return new Interrupter({ handlers, findBot: (id) => this.#findBot(id) }, held)
  }

  #findBot(id: number): Bot | undefined {
    const bot = this.#lookUp(id)
    return bot === "removed" ? undefined : bot
  }

  #lookUp(id: number): ReturnType<BotSource> {
    const bot = this.#bot
    if (typeof bot === "function") return bot(id)
    return bot.id === id ? bot : undefined
  }

  #createRun(
    handling: Handling,
    response: ResponseSlot | undefined,
    rule?: FailureRule,
  ): UpdateRun {
    handling.response = response
    handling.onUnawaitedError = this.#onUnawaitedError
    const { plan } = this.table
    const { table: root } = this
    const background = this.#background
    return new UpdateRun({ plan, handling, report: this.#report, rule, root, background })
  }

  /** Returns `undefined` if the handling has ended already. */
  #handle(run: UpdateRun): Promise<void> | undefined {
    const onEnded = this.#pressWatch?.watch(run)
    const isAutomatic = this.#autoAnswer && run.handling.type === "callback_query"
    const ended = isAutomatic ? this.#handlePress(run) : this.#handleAnnounced(run)
    if (!onEnded) return ended
    if (ended) void ended.then(onEnded)
    else onEnded()
    return ended
  }

  async #handlePress(run: UpdateRun): Promise<void> {
    expectPressAnswer(run)
    await this.#handleAnnounced(run)
    await answerPress(run, (message) => this.#report.log(message))
  }

  #handleAnnounced(run: UpdateRun): Promise<void> | undefined {
    if (!isHandlingWatched()) return this.#handleWithin(run)
    return announceHandling(run.handling, run, async () => this.#handleWithin(run))
  }

  #handleWithin(run: UpdateRun): Promise<void> | undefined {
    const timeoutMs = this.#handlerTimeoutMs
    return timeoutMs === Infinity ? run.run() : runWithin(timeoutMs, run)
  }
}
