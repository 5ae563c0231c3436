import { hasFrameOfUser, withoutOwnFrames } from "../../ground/call-place.js"
import { errorStack, errorText, isError } from "../../ground/error-text.js"
import type { Bot } from "../../bot/index.js"
import { type Logger, withFields } from "../../ground/logger.js"
import type { UpdateReference } from "../../queue/update-queue.js"
import { type HandlerError, SounderError } from "../../telegram/errors.js"
import { isTickOrSlice } from "../../telegram/own-update.js"
import { redactTokens } from "../../telegram/redact-tokens.js"
import type { Update } from "../../telegram/types.js"
import { updateChat, updateType } from "../../telegram/update-facts.js"
import { AttemptsSpent } from "./attempts-spent.js"
import { type Failure, putAgainMs } from "./failure-rule.js"
import type { ErrorScope } from "./scope.js"
import type { UpdateContexts } from "./update-contexts.js"

/** An error to report. Of the contexts, an error handler gets the context of its router. */
export interface ReportedError {
  readonly error: HandlerError
  readonly contexts: UpdateContexts
  readonly failure: Failure
}

/** A reporter that passes errors to the error handlers, or to the logger if there are no error handlers. */
export class ErrorReport {
  readonly #findBot: (id: number) => Bot | undefined
  readonly #logger: Logger

  /** @param findBot returns a bot by its id; the bot's token is removed from log lines */
  constructor(findBot: (id: number) => Bot | undefined, logger: Logger) {
    this.#findBot = findBot
    this.#logger = logger
  }

  /**
   * Calls the error handlers of the innermost router that has any, or logs the error. Never rejects.
   *
   * @param scopes the routers around the handler that threw, the innermost first
   */
  async report(reported: ReportedError, scopes: readonly ErrorScope[]): Promise<void> {
    const { error, contexts, failure } = reported
    const scope = scopes.find(({ errorHandlers }) => errorHandlers.size > 0)
    const { bot, update } = contexts.plain
    const about = { botId: bot.id, updateId: update.update_id }
    if (!scope) return this.log(`${stackOf(error)}${consequenceText(error, failure)}`, about)
    const ctx = contexts.existing(scope.derived)
    for (const handler of [...scope.errorHandlers]) {
      try {
        await handler(error, ctx, failure)
      } catch (thrown) {
        const id = about.updateId
        this.log(`An error handler failed on update ${id}: ${errorStack(thrown)}`, about)
        this.log(`The error handler was called for this error: ${stackOf(error)}`, about)
      }
    }
  }

  /**
   * Runs a task for an update, and logs its error. Never rejects.
   *
   * @param action a verb and its object for the log line: "Could not … for update 5"
   */
  async runLogged(action: string, update: Update, task: () => Promise<unknown>): Promise<void> {
    try {
      await task()
    } catch (error) {
      const { update_id: updateId } = update
      this.log(`Could not ${action} for update ${updateId}: ${errorText(error)}`, { updateId })
    }
  }

  /** Logs a message as an error, with tokens of bots redacted. `about` becomes fields of the log line. */
  log(message: string, about?: Partial<UpdateReference>): void {
    const logger = about ? withFields(this.#logger, about) : this.#logger
    logger.error(redactTokens(message, (id) => this.#findBot(id)?.token))
  }
}

/** The consequence of the failure of a tick or a slice. */
const putAgainText = `\nThe update is put again in ${putAgainMs} ms, so that its job or broadcast continues`

function consequenceText(error: HandlerError, { next, attempt, retryInMs }: Failure): string {
  if (next === "done") return isTickOrSlice(error.update) ? putAgainText : ""
  if (error instanceof AttemptsSpent) return "\nThe update is set aside without another attempt"
  if (next === "setAside") return `\nThe update is set aside after attempt ${attempt}`
  return `\nAttempt ${attempt} has failed; the next one is in ${retryInMs} ms`
}

/**
 * Returns a log text: the update, and the stack of the value that the handler threw. The stack begins with
 * the message of that value. If no handler has thrown an error, returns the message of the `HandlerError`.
 */
function stackOf({ cause, code, message, update }: HandlerError): string {
  if (!isError(cause) || code !== "handler-error") return message
  const head = `A handler failed on update ${update.update_id}${typeAndChat(update)}`
  return `${head}\n${causeText(cause)}`
}

/** Returns the stack without frames of Sounder; the sentence alone of an error that no line of the program has thrown. */
function causeText(cause: Error): string {
  const isAlone = cause instanceof SounderError && !hasFrameOfUser(cause)
  return isAlone ? `${cause.name}: ${cause.message}` : withoutOwnFrames(errorStack(cause))
}

function typeAndChat(update: Update): string {
  const [type, chat] = [updateType(update), updateChat(update)]
  if (type === undefined) return ""
  return chat ? ` (${type} in chat ${chat.id})` : ` (${type})`
}
