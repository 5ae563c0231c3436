import type { Context, MatchContext } from "../../dispatch/context/context.js"
import type { UpdateOf } from "../../dispatch/context/narrowed.js"
import type { Filter, NarrowedBy, Patterned } from "../../dispatch/filters/filter.js"
import type { SchemaIssue, StandardSchema } from "../../ground/standard-schema.js"
import type { ApiParameters } from "../../telegram/api.js"
import type { Update } from "../../telegram/types.js"

/** The context of an answer that the filter `F` has accepted, with the sessions `Extra`. */
export type AnswerContext<F, Extra extends object> = (F extends Patterned
  ? MatchContext<NarrowedBy<F> & Update>
  : Context<NarrowedBy<F> & Update>) &
  Extra

/** The context of a press of a button. */
type PressContext<Extra extends object> = Context<UpdateOf<"callback_query">> & Extra

/** The options of a wait. */
export interface WaitForOptions {
  /**
   * Called for a new message or a pressed button that the filter does not accept, and that no handler of
   * `fallbacks` matches. The script goes on waiting. Default: such an update goes to the handlers outside.
   */
  readonly otherwise?: (ctx: Context) => unknown
  /**
   * The time after which the wait rejects with a `WaitTimeout`, in milliseconds. Default: the `timeoutMs` of
   * the conversation.
   */
  readonly timeoutMs?: number
  /**
   * The name of the wait. A stored dialog fits the script only if its waits have the same names. Default: no
   * name.
   */
  readonly name?: string
}

/** The options of {@link Talk.ask}. */
export interface AskOptions extends Omit<WaitForOptions, "otherwise"> {
  /**
   * Called for a new message or a pressed button that is not an answer: the schema has found `issues` in its
   * text, or the update is no text, and `issues` is empty. The script goes on waiting. Default: the question is
   * sent again.
   */
  readonly otherwise?: (ctx: Context, issues: readonly SchemaIssue[]) => unknown
}

/** A question: its text, or the parameters of `sendMessage`. */
export type Question = string | Omit<ApiParameters<"sendMessage">, "chat_id">

/** The value that a script returns to begin again. */
export interface Again {
  /** The data of the new beginning. */
  readonly again: object
}

/**
 * The first argument of a script: waits for answers, and records the script's work. At each update the script
 * is called again from its beginning: its calls of Telegram, its steps and its waits up to the current one
 * return their recorded results.
 */
export interface Talk<Data extends object = {}, Extra extends object = {}> {
  /** The data with which the dialog was entered. Changes are not stored: see {@link again}. */
  readonly data: Data
  /**
   * Waits for an update that a filter accepts, and resolves with its context. Rejects with a `WaitTimeout` when
   * the time is over. Rejects with a `TypeError` for a filter of update types that the option `updateTypes` does
   * not name, and while another wait is pending.
   */
  waitFor<F extends Filter>(filter: F, options?: WaitForOptions): Promise<AnswerContext<F, Extra>>
  /**
   * Waits for a press of a button: of any button, of the buttons with these data, or of a button whose data match
   * a pattern. Resolves and rejects as {@link waitFor} does.
   */
  waitForCallbackQuery(
    data?: string | readonly string[] | RegExp,
    options?: WaitForOptions,
  ): Promise<PressContext<Extra>>
  /**
   * Sends a question, waits for a text message that is not a command, and resolves with its text. In a group,
   * the question asks the user to reply, so that the bot also gets the answer in privacy mode. Rejects as
   * {@link waitFor} does.
   */
  ask(question: Question, options?: AskOptions): Promise<string>
  /** Asks in the same way, checks the text with a schema, and resolves with the schema's output. */
  ask<Output>(
    question: Question,
    schema: StandardSchema<Output>,
    options?: AskOptions,
  ): Promise<Output>
  /**
   * Runs a function once, and resolves with its result. The result is stored at once, so that the function is not
   * called again, even if the update is handled again. Only a crash during the function repeats it. Change
   * sessions and `ctx.state` outside of the function, because these changes are lost if the update fails. Rejects
   * with the function's error, and with a `TypeError` for a result that JSON cannot represent.
   *
   * @param name the name, by which the result is found. Steps of the same name are counted.
   */
  step<T>(name: string, run: () => T | Promise<T>): Promise<T>
  /** Returns the time in milliseconds since 1970, and returns the same time when the script is called again. */
  now(): number
  /** Returns a random number from 0 to 1, and returns the same number when the script is called again. */
  random(): number
  /**
   * Returns the value to return from the script to begin again: the record of the dialog is dropped, and the
   * script is called with new data. Without it, a loop makes the record longer with each turn.
   *
   * @param data the members that differ from the initial data
   */
  again(data?: Partial<Data>): Again
}
