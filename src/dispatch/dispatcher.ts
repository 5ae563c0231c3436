import { errorText } from "../ground/error-text.js"
import type { Bot } from "../bot/index.js"
import { announceHandling, isHandlingWatched } from "../events/announce-handling.js"
import { expectDurationMs, expectInteger } from "../ground/expect-option.js"
import { type Logger, guardedLogger } from "../ground/logger.js"
import type { ResponseSlot } from "../queue/response-slot.js"
import type { Delivery, UpdateQueue } from "../queue/update-queue.js"
import { SounderError } from "../telegram/errors.js"
import type { UpdateType } from "../telegram/api.js"
import type { Update } from "../telegram/types.js"
import { optInUpdateTypes, updateTypes } from "../telegram/update-types.js"
import { ErrorReport } from "./handlers/error-report.js"
import { type Attempts, FailureRule, spent } from "./handlers/failure-rule.js"
import { Handling } from "./context/handling.js"
import { QueueConsumer } from "./consumer/queue-consumer.js"
import { Router } from "./handlers/router.js"
import { type StaleRule, StaleUpdates } from "./context/stale-updates.js"
import { emptyVerdict, type StopVerdict } from "./consumer/stop-verdict.js"
import { runWithin } from "./handlers/time-limit.js"
import { UpdateRun } from "./handlers/update-run.js"
import { noWork, type Work } from "./consumer/work.js"

/** The parts and limits of a {@link Dispatcher}. */
export interface DispatcherOptions {
  /**
   * The bot whose updates are dispatched: contexts call Telegram through it. For many bots, a
   * function that finds a bot by its id. An update of an unknown bot is set aside.
   */
  readonly bot: Bot | BotSource
  /** Where updates are taken from. Without one, {@link Dispatcher.process} is the only way in. */
  readonly queue?: UpdateQueue
  /** The most updates of the queue that are handled at once. Default: 256. */
  readonly concurrency?: number
  /**
   * How long the handlers of one update may run, in milliseconds. Then `ctx.signal` aborts and the
   * error handlers get a `HandlerTimeout`. The lane opens when the handler has ended, or 5 seconds
   * later at the latest. Default: no limit.
   */
  readonly handlerTimeoutMs?: number
  /**
   * Has an update whose handler throws, or exceeds its time, tried again in its place in the lane,
   * from its first handler on, as in `attempts: { max: 5 }`, and set aside after its last attempt.
   * Without it the error handlers are told, and the update is done. In either case an update that has
   * been begun 5 times (`max`) without an end is set aside: it may be the one that ends the process.
   */
  readonly attempts?: Attempts
  /**
   * Decides about an update to which Telegram no longer takes an answer when its turn has come: a
   * pre-checkout query after 10 s, an inline query after 30 s, a press of a button or a shipping query
   * after 150 s. `"drop"`, `"handle"`, or a function that returns either. An update that has been begun
   * before is never dropped. Default: `"drop"`.
   */
  readonly stale?: StaleRule
  /** Where errors go that no error handler gets. Default: `console`. */
  readonly logger?: Logger
}

/** Facts about an update that `dispatcher.process` cannot know itself. */
export interface ProcessOptions {
  /** The bot that received the update. Default: the dispatcher's own. */
  readonly bot?: Bot | undefined
  /** The answer to the request that brought the update, for a call of `ctx.respond` to ride in. */
  readonly response?: ResponseSlot | undefined
}

/** Finds the bot with an id; returns `undefined` where there is none. Called once per update. */
export type BotSource = (botId: number) => Bot | undefined

type State =
  | { readonly kind: "stopped" }
  | { readonly kind: "running"; readonly consumer: QueueConsumer }
  | { readonly kind: "stopping"; readonly verdict: Promise<StopVerdict> }

/**
 * Hands each update to its handlers, be it taken from a queue or given to {@link Dispatcher.process}.
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
  readonly #lost = (error: unknown, method = "Telegram") => {
    this.#report.log(`A call of ${method} that nobody waits for has failed: ${errorText(error)}`)
  }
  readonly #rule: FailureRule
  readonly #stale: StaleUpdates
  #state: State = { kind: "stopped" }

  /** @throws TypeError for a wrong option */
  constructor(options: DispatcherOptions) {
    super()
    const { bot, queue, concurrency = 256, handlerTimeoutMs = Infinity } = options
    this.#bot = bot
    this.#queue = queue
    this.#concurrency = expectInteger("concurrency", concurrency, 1, Number.MAX_SAFE_INTEGER)
    this.#handlerTimeoutMs = expectDurationMs("handlerTimeoutMs", handlerTimeoutMs)
    this.#report = new ErrorReport((id) => this.#botOf(id), guardedLogger(options.logger))
    const log = (message: string) => this.#report.log(message)
    this.#rule = new FailureRule(options.attempts, log)
    this.#stale = new StaleUpdates(options.stale ?? "drop", log)
  }

  /** Whether the dispatcher takes updates from its queue. */
  get isRunning(): boolean {
    return this.#state.kind === "running"
  }

  /**
   * The update types that the handlers of this moment can want, in Telegram's order. A handler that
   * may want any (a middleware, a filter that does not say) stands for all types that Telegram sends
   * unasked; a type that Telegram sends only when asked is there when a handler names it.
   */
  get allowedUpdates(): UpdateType[] {
    const { named, any } = this.table.plan.types
    return updateTypes.filter(
      (type) => named.has(type) || (any && !optInUpdateTypes.includes(type)),
    )
  }

  /**
   * Takes updates from the queue until {@link stop}. Does nothing while it is running.
   *
   * @throws TypeError without a queue
   * @throws SounderError `already-running` while a `stop()` has not resolved
   */
  start(): void {
    const queue = this.#queue
    if (!queue) throw new TypeError("Expected the `queue` option: there is nothing to take from.")
    if (this.#state.kind === "running") return
    if (this.#state.kind === "stopping") {
      throw new SounderError("already-running", "The dispatcher is stopping; await stop() first")
    }
    const consumer = new QueueConsumer({
      queue,
      concurrency: this.#concurrency,
      begin: (delivery) => this.#begin(delivery),
      log: (message, about) => this.#report.log(message, about),
    })
    this.#state = { kind: "running", consumer }
  }

  /**
   * Stops taking updates, hands back the waiting ones, and waits for the running handlers. A waiting
   * update that Telegram has forgotten is still handled. At the deadline the handlers' signals abort;
   * handlers still running 250 ms later are abandoned, and their updates handed back if the queue can.
   *
   * A handler must not await `stop()`, which waits for that handler until the deadline. It may call
   * `stop()` without waiting.
   *
   * @param options.deadlineMs in milliseconds. Default: 10,000.
   * @returns what became of each update; a second call returns the promise of the first
   */
  stop(options: { readonly deadlineMs?: number | undefined } = {}): Promise<StopVerdict> {
    const deadlineMs = expectDurationMs("deadlineMs", options.deadlineMs ?? 10_000)
    const state = this.#state
    if (state.kind === "stopping") return state.verdict
    if (state.kind === "stopped") return Promise.resolve(emptyVerdict())
    const verdict = state.consumer.stop(deadlineMs).finally(() => {
      this.#state = { kind: "stopped" }
    })
    this.#state = { kind: "stopping", verdict }
    return verdict
  }

  /**
   * Handles an update that did not come through the queue, at once. Resolves when its handlers have
   * ended, the error handlers included. The caller keeps the order; nothing is tried again.
   *
   * @throws TypeError without a bot, where the dispatcher is one for many
   */
  process(update: Update, { bot: given, response }: ProcessOptions = {}): Promise<void> {
    const bot = given ?? this.#bot
    if (typeof bot === "function") {
      throw new TypeError("Expected the `bot` option: this dispatcher is for many bots.")
    }
    return this.#handle(this.#run(new Handling(bot, update), response))
  }

  #begin(delivery: Delivery): Work {
    const { botId, update, attempt, response } = delivery
    const bot = this.#botOf(botId)
    if (!bot) return this.#refuse(delivery)
    if (attempt === 1 && this.#stale.drops(delivery)) return noWork()
    const run = this.#run(new Handling(bot, update, delivery), response, this.#rule)
    return { ended: this.#handle(run), run }
  }

  #refuse({ botId, update, attempt }: Delivery): Work {
    const error = notOurs(botId, this.#bot)
    const { update_id: updateId } = update
    this.#report.log(`Update ${updateId} was set aside. ${error.message}`, { botId, updateId })
    return noWork(spent(attempt), error)
  }

  #botOf(id: number): Bot | undefined {
    const bot = this.#bot
    if (typeof bot === "function") return bot(id)
    return bot.id === id ? bot : undefined
  }

  #run(handling: Handling, response: ResponseSlot | undefined, rule?: FailureRule): UpdateRun {
    handling.response = response
    handling.lost = this.#lost
    const { plan } = this.table
    return new UpdateRun({ plan, handling, report: this.#report, rule, root: this.table })
  }

  #handle(run: UpdateRun): Promise<void> {
    if (!isHandlingWatched()) return this.#handleWithin(run)
    return announceHandling(run.handling, run, () => this.#handleWithin(run))
  }

  #handleWithin(run: UpdateRun): Promise<void> {
    const timeoutMs = this.#handlerTimeoutMs
    return timeoutMs === Infinity ? run.run() : runWithin(timeoutMs, run)
  }
}

function notOurs(botId: number, bot: Bot | BotSource): Error {
  const isOf = typeof bot === "function" ? "does not know it" : `is that of bot ${bot.id}`
  const fix =
    typeof bot === "function" ? "add the bot, then replay" : "give each a queue of its own"
  return new TypeError(`It is for bot ${botId}, and this dispatcher ${isOf}: ${fix}`)
}
