import { errorStack, errorText, isError } from "../../ground/error-text.js"
import type { Bot } from "../../bot/index.js"
import { type Logger, withFields } from "../../ground/logger.js"
import type { UpdateReference } from "../../queue/update-queue.js"
import type { HandlerError } from "../../telegram/errors.js"
import { redactTokens } from "../../telegram/redact-tokens.js"
import type { Update } from "../../telegram/types.js"
import type { Context } from "../context/context.js"
import type { Failure } from "./failure-rule.js"
import type { ErrorScope } from "./handler-plan.js"

/** The arguments of an error handler. */
export interface ToldError {
  readonly error: HandlerError
  readonly ctx: Context
  readonly failure: Failure
}

/** Reports errors to the error handlers, or to the log where there are none. */
export class ErrorReport {
  readonly #botOf: (id: number) => Bot | undefined
  readonly #logger: Logger

  /** @param botOf finds a bot by id, so that no log shows its token */
  constructor(botOf: (id: number) => Bot | undefined, logger: Logger) {
    this.#botOf = botOf
    this.#logger = logger
  }

  /** Calls the error handlers of the nearest router that has any. Never rejects. */
  async tell(told: ToldError, scopes: readonly ErrorScope[]): Promise<void> {
    const { error, ctx, failure } = told
    const scope = scopes.find(({ errorHandlers }) => errorHandlers.size > 0)
    const about = { botId: ctx.bot.id, updateId: ctx.update.update_id }
    if (!scope) return this.log(`${stackOf(error)}${sequel(failure)}`, about)
    for (const handler of [...scope.errorHandlers]) {
      try {
        await handler(error, ctx, failure)
      } catch (thrown) {
        const id = about.updateId
        this.log(`An error handler failed on update ${id}: ${errorStack(thrown)}`, about)
        this.log(`It was told: ${stackOf(error)}`, about)
      }
    }
  }

  /** Awaits an action for an update. A failure is logged. Never rejects. */
  async tried(what: string, update: Update, attempt: () => Promise<unknown>): Promise<void> {
    try {
      await attempt()
    } catch (error) {
      const { update_id: updateId } = update
      this.log(`Could not ${what} for update ${updateId}: ${errorText(error)}`, { updateId })
    }
  }

  /** Logs a message without the tokens in it. */
  log(message: string, about?: Partial<UpdateReference>): void {
    const logger = about ? withFields(this.#logger, about) : this.#logger
    logger.error(redactTokens(message, (id) => this.#botOf(id)?.token))
  }
}

function sequel({ next, attempt, retryInMs }: Failure): string {
  if (next === "done") return ""
  if (next === "setAside") return `\nThe update is set aside after attempt ${attempt}`
  return `\nThat was attempt ${attempt}; the next one is in ${retryInMs} ms`
}

function stackOf(error: HandlerError): string {
  const { cause, message } = error
  return isError(cause) ? `${message}\n${errorStack(cause)}` : message
}
