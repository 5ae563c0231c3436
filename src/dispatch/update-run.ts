import type { HandlingResult } from "../events/announce-handling.js"
import type { HandlingOutcome, UpdateEvent } from "../events/index.js"
import { HandlerError } from "../telegram/errors.js"
import { type CommandText, commandText } from "./command-text.js"
import { HandlerContext } from "./context.js"
import { type ErrorReport, messageOf } from "./error-report.js"
import { HandlerTimeout } from "./handler-timeout.js"
import { GroupRun } from "./group-run.js"
import type { HandlerPlan, PlacedEntry } from "./handler-plan.js"
import type { Handling } from "./handling.js"

/** One update on its way through all its handlers. */
export class UpdateRun {
  readonly #plan: HandlerPlan
  readonly #handling: Handling
  readonly #report: ErrorReport
  readonly #ctx: HandlerContext
  #group: GroupRun | undefined
  #isInterrupted = false
  #isExpired = false
  #isMatched = false
  #error: HandlerError | undefined

  constructor(plan: HandlerPlan, handling: Handling, report: ErrorReport) {
    this.#plan = plan
    this.#handling = handling
    this.#report = report
    this.#ctx = new HandlerContext(handling)
  }

  /** Whether a handler ended because it was told to, with its work undone and nobody told. */
  get isInterrupted(): boolean {
    return this.#isInterrupted && !this.#isExpired
  }

  /** What is told of the update. */
  get event(): UpdateEvent & { readonly attempt: number } {
    const { bot, update, type, attempt } = this.#handling
    return { botId: bot.id, update, type, attempt }
  }

  /** What its handling has come to. */
  get result(): HandlingResult {
    return { outcome: this.#outcome, error: this.#error }
  }

  /** Asks the groups, the lowest first. Never rejects: errors go to the error handlers. */
  async run(): Promise<void> {
    const handling = this.#handling
    if (handling.type === "message") {
      const known = this.#readCommand()
      if (known) await known
    }
    const key = handling.command?.name ?? handling.update.callback_query?.data
    for (const group of this.#plan.groups) {
      const cursor = group.find(handling.type, key)
      if (!cursor) continue
      const run = (this.#group = new GroupRun(handling, this.#ctx, cursor))
      try {
        const ended = run.run()
        if (ended) await ended
      } catch (error) {
        await this.#fail(error, run)
      }
      this.#isMatched ||= run.isMatched
      if (handling.isStopped || handling.isAborted) break
    }
    handling.close()
  }

  /** Tells the handlers to end. */
  abort(reason: Error): void {
    this.#handling.abort(reason)
  }

  /** Tells the handlers to end because their time is over, and the error handlers that it is. */
  async expire(timeoutMs: number): Promise<void> {
    const handling = this.#handling
    if (handling.isAborted) return
    const error = new HandlerTimeout(handling.update, timeoutMs)
    handling.abort(error)
    this.#isExpired = true
    await this.#tell(error, this.#group?.current)
  }

  async #fail(error: unknown, run: GroupRun): Promise<void> {
    if (this.#handling.isEcho(error)) this.#isInterrupted = true
    else await this.#tell(asHandlerError(error, this.#handling), run.blamed(error))
  }

  get #outcome(): HandlingOutcome {
    if (this.#isExpired) return "timed-out"
    if (this.#error) return "failed"
    if (this.#isInterrupted) return "interrupted"
    return this.#isMatched ? "done" : "unmatched"
  }

  async #tell(error: HandlerError, placed: PlacedEntry | undefined): Promise<void> {
    this.#error ??= error
    await this.#report.tell(error, this.#ctx, placed?.scopes ?? [])
  }

  /** Finds the command; answers a promise only where the bot's name has to be learnt first. */
  #readCommand(): Promise<void> | undefined {
    const { bot, update } = this.#handling
    const command = commandText(update)
    if (!command) return undefined
    const isUnclear = command.addressee !== undefined && !bot.me
    if (isUnclear && this.#plan.hasKey("message", command.name)) return this.#askName(command)
    this.#takeCommand(command)
    return undefined
  }

  async #askName(command: CommandText): Promise<void> {
    const { bot, update } = this.#handling
    await this.#report.tried("learn the bot's name", update, () => bot.init())
    this.#takeCommand(command)
  }

  #takeCommand(command: CommandText): void {
    const { addressee } = command
    const name = addressee && this.#handling.bot.me?.username.toLowerCase()
    if (name === addressee) this.#handling.command = command
  }
}

function asHandlerError(error: unknown, { update }: Handling): HandlerError {
  const isOwn = error instanceof HandlerError && error.update === update
  if (isOwn) return error
  try {
    return new HandlerError(update, error)
  } catch {
    // It cannot be made a text of.
    return new HandlerError(update, messageOf(error))
  }
}
