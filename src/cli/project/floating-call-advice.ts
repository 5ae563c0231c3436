import { errorClass } from "../../ground/error-text.js"
import { programFrames } from "./program-error.js"

/** The errors of failed calls, by their classes: those of grammY and of Telegraf. */
const callErrors = ["GrammyError", "HttpError", "TelegramError"]

/** The method of a failed call: a field of the error in grammY, and of its field `on` in Telegraf. */
interface CallError {
  readonly method?: unknown
  readonly on?: { readonly method?: unknown }
}

/**
 * Returns advice on a call of grammY or Telegraf that has failed, and that no handler awaits; `undefined` for any other
 * error. The stack of an awaited call has a line of the program.
 */
export function floatingCallAdvice(error: unknown): string | undefined {
  if (!callErrors.includes(errorClass(error)) || programFrames(error).length > 0) return undefined
  // The classes have these fields.
  const { method, on } = error as CallError
  const name = method ?? on?.method
  const call = typeof name === "string" ? `its call of ${name}` : "a call"
  return `A handler does not await ${call}, so that the failed call ends the process.
Write \`await\` or \`return\` in front of each call, as in \`await ctx.reply(text)\``
}
