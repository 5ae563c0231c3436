import type { Bot } from "../../bot/index.js"
import { updateTypes } from "../../telegram/update-types.js"
import { camelCase } from "./camel-case.js"
import type { ContextCall } from "./context-call.js"
import { replyCalls, type ReplyMethods } from "./reply-methods.js"
import type { UpdateFields } from "./update-fields.js"
import type { Update } from "../../telegram/types.js"
import type { QueueTransaction } from "../../queue/update-queue.js"
import { updateChat, updateMessage, updateUser } from "../../telegram/update-facts.js"
import { chatCalls, type ChatMethods } from "./chat-methods.js"
import type { Filter, NarrowedBy } from "../filters/filter.js"
import type { Handling } from "./handling.js"
import { respond, type RespondMethod, type RespondParameters } from "./respond.js"
import { usefulForMs } from "./stale-updates.js"
import type { ChatOf, MessageOf, TypeOf, UserOf } from "./narrowed.js"

/** The context of a handler with a pattern. */
export type MatchContext<U extends Update = Update> = Context<U> & {
  /** The match of the pattern in the data, the query, or the message's text or caption. */
  readonly match: RegExpExecArray
}

/** The context of a command's handler. */
export type CommandContext<U extends Update = Update> = Context<U> & {
  /** The command's name, without the slash, in lower case. */
  readonly command: string
  /** The text behind the command, trimmed. For a deep link, its payload. */
  readonly argument: string
  /** The words behind the command. */
  readonly args: readonly string[]
}

/** Payloads by type, and shortcuts to methods of the Bot API. */
// oxlint-disable-next-line typescript/no-unsafe-declaration-merging -- defined below, from tables
export interface Context<U extends Update = Update>
  extends UpdateFields<U>, ReplyMethods, ChatMethods<U> {}

/**
 * One update in the hands of its handlers, which all get the same context. Nothing is computed that
 * no handler reads. The type parameter says what the handler's filter knows of the update.
 *
 * A shortcut that calls Telegram returns a promise. Await it: the next line then runs after the call.
 * The handler's end waits for a call that nothing awaits, whose error goes to the error handlers.
 */
export class Context<U extends Update = Update> {
  readonly #handling: Handling

  static {
    const define = (name: string, read: (handling: Handling) => unknown) =>
      Object.defineProperty(this.prototype, name, {
        get(this: Context) {
          return read(this.#handling)
        },
        configurable: true,
      })
    // A message has rules of its own.
    for (const type of updateTypes.filter((other) => other !== "message")) {
      define(camelCase(type), ({ update }) => update[type])
    }
    // Seen by the types of the handlers that have them.
    define("match", ({ match }) => match)
    define("command", ({ command }) => command?.name)
    define("argument", ({ argument }) => argument)
    define("args", ({ args }) => args)
    for (const [name, call] of [...replyCalls, ...chatCalls]) this.#defineCall(name, call)
  }

  static #defineCall(name: string, call: ContextCall): void {
    const value = function (this: Context, ...given: never[]): Promise<unknown> {
      return this.#handling.watch(call(this.#handling, ...given))
    }
    Object.defineProperty(this.prototype, name, { value, writable: true, configurable: true })
  }

  /** Made by the dispatcher. */
  constructor(handling: Handling) {
    this.#handling = handling
  }

  /** The update as Telegram sent it. */
  get update(): U {
    // The filter that the handler was registered with has let the update pass.
    return this.#handling.update as U
  }

  /** The bot that received the update, for calls to Telegram. */
  get bot(): Bot {
    return this.#handling.bot
  }

  /** The type of the update; `undefined` where it has none. */
  get updateType(): TypeOf<U> {
    // A filter has looked at the type.
    return this.#handling.type as TypeOf<U>
  }

  /**
   * The message of the update: a new or edited one, a post, a business or guest message; `undefined`
   * where there is none, as with a press of a button.
   */
  get message(): MessageOf<U> {
    // The filter knows which of them is there.
    return updateMessage(this.update) as MessageOf<U>
  }

  /** The chat in which the update happened; `undefined` where there is none. */
  get chat(): ChatOf<U> {
    // A payload that is known to have a chat has this one.
    return updateChat(this.update) as ChatOf<U>
  }

  /** The user who caused the update; `undefined` where Telegram names none. */
  get from(): UserOf<U> {
    // A payload that is known to have a user has this one.
    return updateUser(this.update) as UserOf<U>
  }

  /** The number of this attempt; 1 is the first. */
  get attempt(): number {
    return this.#handling.attempt
  }

  /** The time at which the queue, or `dispatcher.process`, received the update. */
  get receivedAt(): Date {
    return new Date(this.#handling.receivedAt)
  }

  /**
   * Whether Telegram no longer takes an answer to this update: a pre-checkout query lives for 10 s, an
   * inline query for 30 s, a press of a button or a shipping query for 150 s. By default such an update
   * reaches no handler; see the `stale` option.
   */
  get isStale(): boolean {
    return Date.now() - this.#handling.receivedAt > usefulForMs(this.update)
  }

  /**
   * A signal that aborts when the handler has to end: after `handlerTimeoutMs`, at the deadline of `stop()`, and
   * when the queue has taken the update away. Pass it to calls that can take long.
   */
  get signal(): AbortSignal {
    return this.#handling.signal
  }

  /**
   * Makes a call whose result is not needed. Behind a webhook the first such call of an update is put
   * into the HTTP response, where Telegram carries it out: that saves the bot a request. A call with
   * files, or after the request has ended, is an ordinary call. Ids that the update has are filled in.
   *
   * Telegram carries out a call in the response when the handlers have ended, after their ordinary
   * calls. Its result is lost, `onCall` is not asked, and it is not made if the update is refused and
   * comes again. The promise resolves at once then; otherwise it settles as that of an ordinary call.
   *
   * @see docs/guides/response-calls.md
   */
  respond<M extends RespondMethod>(method: M, params: RespondParameters<M>): Promise<void> {
    return this.#handling.watch(respond(this.#handling, method, params))
  }

  /**
   * Begins the transaction that marks this update as done: the handlers' writes in it are committed
   * together with that mark, or not at all. It is rolled back when a handler throws or times out, and
   * when another worker has taken the update over. All handlers of the update share it. It must not be
   * used after the handler has ended.
   *
   * Rejects with a `TypeError` where the queue has no transactions. A `PostgresQueue` has them.
   *
   * @example
   * ```ts
   * import type { Router } from "sounder"
   *
   * export function add(router: Router) {
   *   router.command("pay", async (ctx) => {
   *     const transaction = await ctx.transaction()
   *     await transaction.query("INSERT INTO payments (payer) VALUES ($1)", [ctx.from?.id])
   *   })
   * }
   * ```
   */
  transaction(): Promise<QueueTransaction> {
    return this.#handling.transaction()
  }

  /** Skips the groups after this one. */
  stop(): void {
    this.#handling.isStopped = true
  }

  /** Returns whether a filter wants the update, and narrows the context. */
  matches<F extends Filter>(filter: F): this is Context<NarrowedBy<F> & U> {
    return filter(this.update)
  }
}
