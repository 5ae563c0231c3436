import type { Context } from "../dispatch/context/context.js"
import type { DataCodec } from "../session/data-codec.js"

/** A function that a conversation calls at one of its events. */
export type EventHandler = (ctx: Context, result: unknown) => unknown

/** The definition of a conversation, as its dialogs use it. The types of states and data are erased. */
export interface ConversationForm {
  readonly name: string
  readonly states: ReadonlySet<string>
  readonly initial: () => object
  readonly codec: DataCodec<object>
  readonly timeoutMs: number
  readonly endsWhenBlocked: boolean
  readonly endsInUnknownState: boolean
  /** The states that may follow a state. Any state may follow a state without an entry. */
  readonly transitions: ReadonlyMap<string, readonly string[]>
  /** The functions to call when a dialog enters a state. */
  readonly entering: ReadonlyMap<string, ReadonlySet<EventHandler>>
  /** The conversations that this one may call, by name, and the functions to call with their results. */
  readonly called: ReadonlyMap<string, CalledConversation>
}

/** A conversation that another one may call. */
export interface CalledConversation {
  readonly form: ConversationForm
  readonly returned: ReadonlySet<EventHandler>
}

/** The data of a conversation's own updates. */
export interface OwnData {
  /** The key of the dialog. */
  readonly key: string
  /**
   * The generation that the dialog must have. With another one, the dialog has continued since, and this update
   * does nothing.
   */
  readonly generation: string
  /** The event: the dialog has timed out, or was entered outside of a handler. */
  readonly kind: "timeout" | "enter"
}

/** Returns the namespace of a conversation's dialogs, which is the name of their own updates, too. */
export function spaceOf({ name }: Pick<ConversationForm, "name">): string {
  return `conversation ${name}`
}

/** Returns the name of a dialog's timer. */
export function timerOf(form: Pick<ConversationForm, "name">, key: string): string {
  return `${spaceOf(form)} ${key}`
}

/** Returns a state's name. Throws a `TypeError` for another value. */
export function expectState({ name, states }: ConversationForm, state: unknown): string {
  if (typeof state === "string" && states.has(state)) return state
  throw new TypeError(
    `Expected a state of the conversation ${name}, got ${JSON.stringify(state)}: its states are ` +
      `${[...states].join(", ")}.`,
  )
}
