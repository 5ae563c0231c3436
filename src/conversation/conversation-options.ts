import {
  expectDurationMs,
  expectOptionsObject,
  expectText,
  unexpectedOption,
  type OptionNames,
} from "../ground/expect-option.js"
import { expectSessionKey, type SessionKey } from "../session/session-key.js"
import { DataCodec, type Migrations } from "../session/data-codec.js"
import type { Context } from "../dispatch/context/context.js"
import type { ConversationForm } from "./conversation-form.js"

/**
 * The rule that says which updates belong to one dialog: as for a session, or `"message"` for the presses of
 * the buttons under one message.
 */
export type DialogKey = SessionKey | "message"

/** The options of a {@link Conversation}. */
export interface ConversationOptions<State extends string, Data extends object> {
  /**
   * The names of the states. The names are stored, so that a rename ends or sets aside the dialogs in that
   * state.
   */
  readonly states: readonly State[]
  /** Returns the data of a new dialog. Default: no data. */
  readonly data?: () => Data
  /** The rule that says which updates belong to one dialog. Default: `"chat-user"`. */
  readonly per?: DialogKey
  /** The time without a handled update after which a dialog ends, in milliseconds. Default: never. */
  readonly timeoutMs?: number
  /** Whether the entry points also get updates while a dialog is open, before the states. Default: `false`. */
  readonly reentry?: boolean
  /**
   * The states that may follow a state, for {@link Conversation.diagram}; `to` refuses others. Default: any
   * state may follow.
   */
  readonly transitions?: { readonly [S in State]?: readonly NoInfer<State>[] }
  /**
   * The consequence of a function of `entering`, `returned` or `timeout` that fails because the user has blocked
   * the bot: the dialog ends, or the update fails. Default: `"fail"`.
   */
  readonly onBlocked?: "end" | "fail"
  /**
   * The consequence of a stored state that the program does not know: the update is set aside, or the dialog
   * counts as ended. Default: `"setAside"`.
   */
  readonly onUnknownState?: "end" | "setAside"
  /** The version of the data's form: a whole number from 1 on. Default: 1. */
  readonly version?: number
  /** Functions that convert stored data, each under the version that it converts to the next one. */
  readonly migrate?: Migrations
}

const optionNames: OptionNames<ConversationOptions<string, object>> = {
  states: true,
  data: true,
  per: true,
  timeoutMs: true,
  reentry: true,
  transitions: true,
  onBlocked: true,
  onUnknownState: true,
  version: true,
  migrate: true,
}

/**
 * Returns the definition of a conversation, without registered functions. Throws a `TypeError` for a wrong
 * option.
 */
export function formOf<State extends string, Data extends object>(
  name: string,
  options: ConversationOptions<State, Data>,
): Omit<ConversationForm, "entering" | "called"> {
  expectText("name", name)
  expectOptionsObject(options, `new Conversation(${JSON.stringify(name)}, { states })`, optionNames)
  const { states, data = () => ({}), version = 1, migrate = {}, timeoutMs = Infinity } = options
  if (!Array.isArray(states)) unexpectedOption("states", "a list of different names", states)
  const names = new Set(states.map((state) => expectText("states", state)))
  if (names.size === 0 || names.size < states.length) {
    unexpectedOption("states", "a list of different names", states)
  }
  if (typeof data !== "function") unexpectedOption("data", "a function", data)
  const { onBlocked = "fail", onUnknownState = "setAside" } = options
  return {
    ...{ name, states: names, initial: data },
    codec: new DataCodec<object>(name, version, migrate, `the conversation ${name}`),
    timeoutMs: expectDurationMs("timeoutMs", timeoutMs),
    endsWhenBlocked: expectOneOf("onBlocked", onBlocked, "end", "fail"),
    endsInUnknownState: expectOneOf("onUnknownState", onUnknownState, "end", "setAside"),
    transitions: transitionsOf(names, options.transitions ?? {}),
  }
}

/** Returns the rule of the option `per` as a key. Throws a `TypeError` for a wrong value. */
export function keyRule(per: unknown = "chat-user"): SessionKey {
  return per === "message" ? messageKey : expectSessionKey(per, "per", ['"message"'])
}

/** Returns the key of the message whose button was pressed; `undefined` for another update. */
function messageKey({ callbackQuery, from }: Context): string | undefined {
  const { message, inline_message_id: inlineId } = callbackQuery ?? {}
  // All ephemeral messages have the message id 0.
  const isEphemeral = message && "ephemeral_message_id" in message
  if (isEphemeral) return `${message.chat.id}:${from?.id}:${message.ephemeral_message_id}`
  return message ? `${message.chat.id}:${message.message_id}` : inlineId
}

/** Returns whether a value is the first one. Throws a `TypeError` if it is neither of the two. */
function expectOneOf(name: string, value: unknown, first: string, second: string): boolean {
  if (value === first || value === second) return value === first
  return unexpectedOption(name, `"${first}" or "${second}"`, value)
}

function transitionsOf(
  states: ReadonlySet<string>,
  given: { readonly [state: string]: readonly string[] | undefined },
): Map<string, readonly string[]> {
  const transitions = new Map<string, readonly string[]>()
  for (const [state, following = []] of Object.entries(given)) {
    if (!Array.isArray(following)) unexpectedOption("transitions", "lists of states", following)
    const unknown = [state, ...following].find((name) => !states.has(name))
    if (unknown !== undefined) unexpectedOption("transitions", "names of states", unknown)
    transitions.set(state, following)
  }
  return transitions
}
