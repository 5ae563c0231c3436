import {
  expectBoolean,
  expectDurationMs,
  expectOptionsObject,
  unexpectedOption,
  type OptionNames,
} from "../ground/expect-option.js"
import type { Rest } from "../dispatch/context/call-parameters.js"
import type { FormattedText } from "../telegram/formatted-text.js"

/**
 * The pieces of an answer: an async iterable, or a function that returns one. The function is not called if the
 * answer was sent before, as in a handler that runs again. Its signal aborts when the answer is stopped.
 */
export type StreamSource =
  | AsyncIterable<string>
  | ((signal: AbortSignal) => AsyncIterable<string> | Promise<AsyncIterable<string>>)

/**
 * A function that formats an answer, such as `fromMarkdown` of `sounder/markdown`. `partial` is true for an answer
 * that is not complete.
 */
export type StreamFormat = (
  text: string,
  options: { readonly partial: boolean },
) => string | FormattedText

/** Parameters of the messages with an answer, by their names in `sendMessage`. */
export type StreamMessage = Omit<Rest<"sendMessage", "text">, "entities" | "parse_mode">

/** The way in which a growing answer is shown. */
export type StreamView = "drafts" | "edits" | "nothing"

/** Options of `ctx.stream`. */
export interface StreamOptions {
  /** Formats the text. Default: the text as it is. */
  readonly format?: StreamFormat | undefined
  /**
   * Parameters of the messages. Chat, topic and business account of the update are filled in. The first message
   * gets `reply_parameters` and `message_effect_id`; the last one gets an inline keyboard. Default: none.
   */
  readonly message?: StreamMessage | undefined
  /**
   * The way in which the growing answer is shown: `"drafts"` as Telegram's drafts, which only private chats have;
   * `"edits"` as a message that is edited; `"nothing"` as the action "typing". Default: `"drafts"` in a private
   * chat, `"nothing"` for an ephemeral answer, otherwise `"edits"`.
   */
  readonly view?: StreamView | undefined
  /**
   * The shortest time between two snapshots of the growing answer, in milliseconds. A 429 makes it longer. Default:
   * 500 for drafts, 3,000 for edits, because Telegram accepts about 20 messages and edits per minute in a group.
   */
  readonly paceMs?: number | undefined
  /** Whether a draft has a button to stop it. Default: `true`. */
  readonly canStop?: boolean | undefined
  /**
   * The treatment of the text so far when an update interrupts the handler: `"keep"` sends the text, `"drop"`
   * deletes the text from the chat, and a function returns the text to send instead. Default: `"keep"`.
   */
  readonly onStop?: "keep" | "drop" | ((text: string) => string) | undefined
  /**
   * The treatment of the text so far when the source throws or the handler exceeds its time: a value of `onStop`.
   * The stream rejects with the error in each case. Default: `"keep"`.
   */
  readonly onError?: "keep" | "drop" | ((text: string, error: unknown) => string) | undefined
}

const optionNames: OptionNames<StreamOptions> = {
  format: true,
  message: true,
  view: true,
  paceMs: true,
  canStop: true,
  onStop: true,
  onError: true,
}

/**
 * Returns the options after a check. Throws a `TypeError` for a wrong one.
 *
 * @param example a call with options, for the error
 */
export function expectStreamOptions(options: StreamOptions, example: string): StreamOptions {
  expectOptionsObject(options, example, optionNames)
  const { format, message = {}, view, paceMs, canStop, onStop, onError } = options
  if (format !== undefined && typeof format !== "function") {
    unexpectedOption("format", "a function", format)
  }
  if (typeof message !== "object" || message === null) {
    unexpectedOption("message", "an object", message)
  }
  for (const name of ["text", "entities", "parse_mode"]) {
    const value = (message as Readonly<Record<string, unknown>>)[name]
    if (value !== undefined) unexpectedOption(`message.${name}`, "undefined", value)
  }
  if (view !== undefined && !views.includes(view)) {
    unexpectedOption("view", '"drafts", "edits" or "nothing"', view)
  }
  if (paceMs !== undefined) expectDurationMs("paceMs", paceMs)
  if (canStop !== undefined) expectBoolean("canStop", canStop)
  expectEnding("onStop", onStop)
  expectEnding("onError", onError)
  return options
}

const views: readonly unknown[] = ["drafts", "edits", "nothing"]

function expectEnding(name: string, value: unknown): void {
  if (value === undefined || value === "keep" || value === "drop") return
  if (typeof value !== "function") unexpectedOption(name, '"keep", "drop" or a function', value)
}
