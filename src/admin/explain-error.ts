import { errorCause, errorCode, errorText, isError } from "../ground/error-text.js"
import { ownValue } from "../ground/own-value.js"
import { type ErrorCode, SounderError } from "../telegram/errors.js"
import { redactSecrets } from "../telegram/redact-tokens.js"
import { explainWebhookError } from "../telegram/webhook-errors/explain-webhook-error.js"
import { errorTexts } from "./error-texts.generated.js"

/** The longest text of an error, in characters. */
const longestText = 300

/** An error, as the page shows it. */
export interface ExplainedError {
  /** The message of the error, without secrets. */
  readonly text: string
  /** The code of the error; `undefined` for an error that is not Sounder's. */
  readonly code: ErrorCode | undefined
  /** The cause and the remedy, in a few sentences; `undefined` without an explanation. */
  readonly meaning: string | undefined
}

/** Explains an error by the sentences of `docs/errors.md`, and a text of Telegram about a webhook by its own ones. */
export function explainError(error: unknown): ExplainedError {
  const cause = innermost(error)
  const code = codeOf(cause) ?? codeOf(error)
  const text = shownText(errorText(cause))
  const ofWebhook = code === "webhook-refused" ? explainText(text) : undefined
  return { text, code, meaning: ofWebhook ?? (code && errorTexts[code]) }
}

/** Explains the problem of a bot: an error, or the text of one. */
export function explainProblem(problem: unknown): ExplainedError {
  return typeof problem === "string" ? explainWebhookText(problem) : explainError(problem)
}

/** Explains a text of Telegram about a webhook. */
export function explainWebhookText(given: string): ExplainedError {
  const text = shownText(given)
  return { text, code: undefined, meaning: explainText(text) }
}

/** Returns the error that a handler has thrown, in place of the `HandlerError` around it. */
function innermost(error: unknown): unknown {
  const isOfHandler = errorCode(error) === "handler-error"
  return isOfHandler ? (errorCause(error) ?? error) : error
}

function codeOf(error: unknown): ErrorCode | undefined {
  if (!isError(error) || !(error instanceof SounderError)) return undefined
  return ownValue(errorTexts, error.code) === undefined ? undefined : error.code
}

function explainText(text: string): string | undefined {
  const { code, meaning, fix } = explainWebhookError(text)
  return code === "unknown" ? undefined : `${meaning} ${fix}`
}

function shownText(text: string): string {
  const shown = redactSecrets(text)
  return shown.length > longestText ? `${shown.slice(0, longestText - 1)}…` : shown
}
