import { HandlerError } from "../telegram/errors.js"
import { commandText } from "./command-text.js"
import { HandlerContext } from "./context.js"
import { type ErrorReport, messageOf } from "./error-report.js"
import { GroupRun } from "./group-run.js"
import type { GroupPlan, HandlerPlan, PlacedEntry } from "./handler-plan.js"
import type { Handling } from "./handling.js"

/** One update on its way through all its handlers. */
export class UpdateRun {
  readonly #plan: HandlerPlan
  readonly #handling: Handling
  readonly #report: ErrorReport
  readonly #ctx: HandlerContext
  #group: GroupRun | undefined
  #isInterrupted = false

  constructor(plan: HandlerPlan, handling: Handling, report: ErrorReport) {
    this.#plan = plan
    this.#handling = handling
    this.#report = report
    this.#ctx = new HandlerContext(handling)
  }

  /** Whether a handler ended because it was told to, with its work undone. */
  get isInterrupted(): boolean {
    return this.#isInterrupted
  }

  /** Asks the groups, the lowest first. Never rejects: errors go to the error handlers. */
  async run(): Promise<void> {
    const handling = this.#handling
    if (handling.type === "message") await this.#readCommand()
    const key = handling.command?.name ?? handling.update.callback_query?.data
    for (const group of this.#plan.groups) {
      await this.#runGroup(group, key)
      if (handling.isStopped || handling.isAborted) break
    }
    handling.close()
  }

  /** Tells the error handlers of the handler that runs now. */
  async fail(error: HandlerError): Promise<void> {
    await this.#tell(error, this.#group?.current)
  }

  async #runGroup(group: GroupPlan, key: string | undefined): Promise<void> {
    const cursor = group.find(this.#handling.type, key)
    if (!cursor) return
    const run = (this.#group = new GroupRun(this.#handling, this.#ctx, cursor))
    try {
      await run.run()
    } catch (error) {
      if (this.#handling.isEcho(error)) this.#isInterrupted = true
      else await this.#tell(asHandlerError(error, this.#handling), run.blamed(error))
    }
  }

  async #tell(error: HandlerError, placed: PlacedEntry | undefined): Promise<void> {
    await this.#report.tell(error, this.#ctx, placed?.scopes ?? [])
  }

  async #readCommand(): Promise<void> {
    const { bot, update } = this.#handling
    const command = commandText(update)
    if (!command) return
    const { name, addressee } = command
    if (addressee !== undefined && !bot.me && this.#plan.hasKey("message", name)) {
      await this.#report.tried("learn the bot's name", update, () => bot.init())
    }
    if (addressee === undefined || addressee === bot.me?.username.toLowerCase()) {
      this.#handling.command = command
    }
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
