import { unexpectedOption } from "../../ground/expect-option.js"
import { isThenable } from "../../ground/thenable.js"
import { ageOf } from "../../ground/wall-clock.js"
import type { Bot, CallOptions } from "../../bot/index.js"
import { updateTypes } from "../../telegram/update-types.js"
import type { Parameter, Rest } from "./call-parameters.js"
import { camelCase } from "./camel-case.js"
import { withChatAction } from "./chat-action.js"
import type { ContextCall } from "./context-call.js"
import { later, type LaterMethod, type LaterOptions, type LaterParameters } from "./later.js"
import { replyCalls, type ReplyMethods } from "./reply-methods.js"
import type { UpdateFields } from "./update-fields.js"
import { type OwnContent, ownContent } from "../../telegram/own-update.js"
import type { InaccessibleMessage, Message, Update } from "../../telegram/types.js"
import type { QueueTransaction } from "../../queue/update-queue.js"
import { updateChat, updateMessage, updateUser } from "../../telegram/update-facts.js"
import { chatCalls, type ChatMethods } from "./chat-methods.js"
import type { Filter, NarrowedBy } from "../filters/filter.js"
import type { Handling } from "./handling.js"
import { type MessageMethods, messageMethods } from "./message-methods.js"
import { fillIn, sendTargetOf } from "./message-target.js"
import { respond, type RespondMethod, type RespondParameters } from "./respond.js"
import { answerableForMs } from "./stale-updates.js"
import type { UpdateState } from "./update-state.js"
import type { ChatOf, MessageOf, TypeOf, UserOf } from "./narrowed.js"

/** The context of a handler that was registered with a pattern. */
export type MatchContext<U extends Update = Update> = Context<U> & {
  /** The match of the pattern, in the callback data, inline query, command name, text or caption. */
  readonly match: RegExpExecArray
}

/** The context of an own update's handler. */
export type OwnContext = Context & {
  /** The content of the own update. */
  readonly own: OwnContent
}

/** The context of a command's handler. */
export type CommandContext<U extends Update = Update> = Context<U> & {
  /** The command's name, without the slash, in lower case. */
  readonly command: string
  /** The text after the command, trimmed. For a deep link, its start parameter. */
  readonly argument: string
  /** The words after the command, split at white space. */
  readonly args: readonly string[]
}

let readHandling: (ctx: Context) => Handling

/** Returns the handling of a context's update. */
export function handlingOf(ctx: Context): Handling {
  return readHandling(ctx)
}

/** Payloads of updates by type, and shortcuts for methods of the Bot API. */
// oxlint-disable-next-line typescript/no-unsafe-declaration-merging -- defined below, from tables
export interface Context<U extends Update = Update>
  extends UpdateFields<U>, ReplyMethods, ChatMethods<U> {}

/**
 * One update, with its bot and shortcuts for answers. All handlers of the update share a context, except that
 * the handlers of a router of `derive` or `decorate` have a context of their own, with the values of that
 * router. The type parameter is the update as the handler's filter narrows it.
 *
 * A shortcut that calls Telegram returns a promise. Await it, so that the next line runs after the call. If
 * no code awaits the promise, the update still counts as handled only when the call has ended, and an error
 * of the call counts as an error of the handler.
 */
export class Context<U extends Update = Update> {
  readonly #handling: Handling

  static {
    readHandling = (ctx) => ctx.#handling
    const define = (name: string, read: (handling: Handling) => unknown) =>
      Object.defineProperty(this.prototype, name, {
        get(this: Context) {
          return read(this.#handling)
        },
        configurable: true,
      })
    // `message` has its own getter, for messages of every type.
    for (const type of updateTypes.filter((other) => other !== "message")) {
      define(camelCase(type), ({ update }) => update[type])
    }
    define("own", ({ update }) => ownContent(update))
    // Typed on `MatchContext` and `CommandContext` only.
    define("match", ({ match }) => match)
    define("command", ({ command }) => command?.name)
    define("argument", ({ argument }) => argument)
    define("args", ({ args }) => args)
    for (const [name, call] of [...replyCalls, ...chatCalls]) this.#defineCall(name, call)
  }

  static #defineCall(name: string, call: ContextCall): void {
    const value = function (this: Context, ...args: never[]): Promise<unknown> {
      return this.#handling.watch(call(this.#handling, ...args))
    }
    Object.defineProperty(this.prototype, name, { value, writable: true, configurable: true })
  }

  /** For the dispatcher only. */
  constructor(handling: Handling) {
    this.#handling = handling
  }

  /** The update as Telegram sent it. */
  get update(): U {
    // The filter of the handler has accepted the update, so its narrowing holds.
    return this.#handling.update as U
  }

  /** The bot that received the update, for calls to Telegram. */
  get bot(): Bot {
    return this.#handling.bot
  }

  /**
   * The type of the update: the name of its field next to `update_id`, even of a type newer than this version.
   * `undefined` for an update without such a field.
   */
  get updateType(): TypeOf<U> {
    // The filter of the handler has checked the type.
    return this.#handling.type as TypeOf<U>
  }

  /**
   * The message that the update brought: a new or edited message, a channel post, a business or guest
   * message. `undefined` for all other updates; the message of a pressed button is
   * `ctx.callbackQuery.message`.
   */
  get message(): MessageOf<U> {
    // The filter of the handler has checked that the message is present.
    return updateMessage(this.update) as MessageOf<U>
  }

  /** The chat of the update; `undefined` if it has none, as with an inline query. */
  get chat(): ChatOf<U> {
    // The narrowed payload has a `chat`, and `updateChat` returns that chat.
    return updateChat(this.update) as ChatOf<U>
  }

  /** The user who caused the update; `undefined` if Telegram names none, as for a channel post. */
  get from(): UserOf<U> {
    // The narrowed payload has a `from`, and `updateUser` returns that user.
    return updateUser(this.update) as UserOf<U>
  }

  /** The number of this attempt, from 1. Attempts that ended with a crash count, too. */
  get attempt(): number {
    return this.#handling.attempt
  }

  /** The time at which the queue, or `dispatcher.process`, received the update. */
  get receivedAt(): Date {
    return new Date(this.#handling.receivedAt)
  }

  /**
   * Whether Telegram no longer accepts an answer to this update: a pre-checkout query expires after 10 s, a
   * query from a widget after 15 s, an inline query after 30 s, a press of a button or a shipping query after
   * 150 s. By default, an update that expires in the queue reaches no handler; see the `stale` option.
   */
  get isStale(): boolean {
    return ageOf(this.#handling.receivedAt) > answerableForMs(this.update)
  }

  /**
   * A signal that aborts when the handler must end: after `handlerTimeoutMs`, at the deadline of `stop()`,
   * when this worker loses the update to another one, and with an `Interrupted` when another update interrupts
   * the handler. Pass it to long calls.
   */
  get signal(): AbortSignal {
    return this.#handling.signal
  }

  /**
   * Makes a call whose result is not needed. With a webhook, the first such call for an update is written
   * into the HTTP response, and Telegram executes it: the bot saves a request. With polling, with files, or
   * after the response has been sent, the bot makes an ordinary call. Ids that the update has are filled in.
   *
   * The response is sent when the handlers have ended, so Telegram executes the call in it after the
   * handlers' ordinary calls. The promise of a call in the response resolves at once, errors of the call are
   * not reported, and the bot's hooks do not get the call. If the webhook refuses the update, the call is
   * dropped, and Telegram sends the update again. The promise of an ordinary call resolves or rejects with
   * the call.
   *
   * @see docs/guides/response-calls.md
   */
  respond<M extends RespondMethod>(method: M, params: RespondParameters<M>): Promise<void> {
    return this.#handling.watch(respond(this.#handling, method, params))
  }

  /**
   * Promises a call: the bot makes the call after the end of this update, if and only if the update is done. The
   * call survives the end of the process. Calls of `later` to one chat are made in their order, after the calls
   * that the handlers made themselves. Chat, topic and message ids that the update has are filled in as for
   * {@link respond}.
   *
   * Resolves when the call is among the writes of the update. Rejects with a `TypeError` for a method whose
   * answer has a deadline or whose result would be lost, for parameters that JSON cannot represent, for files
   * other than a `file_id`, a URL or `InputFile.path`, and if the update comes from a queue without state. An
   * error of the call itself is passed to the error handlers of the dispatcher, with the own update of the call.
   *
   * @example
   * ```ts
   * import { filters, type Router } from "sounder"
   *
   * export function add(router: Router) {
   *   router.on(filters.successfulPayment, async (ctx) => {
   *     ctx.state.set("paid", `${ctx.chat.id}`, true)
   *     await ctx.later("sendMessage", { text: "Thank you!" })
   *   })
   * }
   * ```
   * @see docs/guides/outbox.md
   */
  later<M extends LaterMethod>(
    method: M,
    params: LaterParameters<M>,
    options?: LaterOptions,
  ): Promise<void> {
    return this.#handling.watch(later(this.#handling, { method, params, options }))
  }

  /**
   * Returns the transaction that marks this update as done, and begins it on the first call. The writes that
   * handlers make in this transaction are committed together with the mark, or not at all. The transaction is
   * rolled back if a handler throws or times out, or if another worker has taken over the update. All
   * handlers of the update share it. Do not use it after the handler has ended.
   *
   * Rejects with a `TypeError` if the queue has no transactions; a `PostgresQueue` has them.
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

  /**
   * The values that the queue stores for this bot. The writes of the handlers are committed together with
   * the end of the update: a handler that throws, times out or is aborted leaves nothing behind.
   *
   * @throws TypeError if the update comes from no queue, or from a queue without state
   * @example
   * ```ts
   * import type { Router } from "sounder"
   *
   * export function add(router: Router) {
   *   router.command("count", async (ctx) => {
   *     const key = `${ctx.chat.id}`
   *     const count = Number((await ctx.state.get("count", key)) ?? 0) + 1
   *     ctx.state.set("count", key, count)
   *     await ctx.reply(`${count}`)
   *   })
   * }
   * ```
   */
  get state(): UpdateState {
    return this.#handling.state
  }

  /**
   * Runs a function while the chat shows an action of the bot, such as `"typing"`: the action is sent at once
   * and every 4 seconds, until the function has ended or `ctx.signal` aborts. Resolves or rejects with the
   * function. Rejects with a `TypeError`, and does not call the function, if the update has no chat. An action
   * that Telegram refuses is not sent again; its error is ignored.
   *
   * @example
   * ```ts
   * import { filters, Updater } from "sounder"
   *
   * const think = async (text: string) => text.toUpperCase()
   *
   * const { dispatcher } = new Updater({ token: process.env.BOT_TOKEN ?? "1:a" })
   * dispatcher.on(filters.text, async (ctx) => {
   *   const answer = await ctx.chatAction("typing", () => think(ctx.message.text))
   *   await ctx.reply(answer)
   * })
   * ```
   * @see https://core.telegram.org/bots/api#sendchataction
   */
  chatAction<T>(
    action: Parameter<"sendChatAction", "action">,
    work: () => T | Promise<T>,
    options?: Rest<"sendChatAction", "action">,
  ): Promise<T> {
    const { bot, update, signal } = this.#handling
    const run = async () => {
      const params = fillIn(update, options, () =>
        sendTargetOf("chatAction", "sendChatAction", update),
      )
      const send = (call: CallOptions) => bot.sendChatAction({ ...params, action }, call)
      return withChatAction(send, work, signal)
    }
    return this.#handling.watch(run())
  }

  /**
   * Returns the shortcuts of a context for another message, such as one that a call has sent, or
   * `ctx.message.reply_to_message`. Its replies go to the chat, topic and business account of that message,
   * and refer to that message.
   *
   * @throws TypeError if the value is no message
   */
  of(message: Message | InaccessibleMessage): MessageMethods {
    return messageMethods(this.#handling, message)
  }

  /**
   * Lets a promise continue after the handlers: the update is done before the promise has settled. An error
   * of the promise is passed to the error handlers. `dispatcher.stop()` waits for the promise, and aborts
   * `ctx.signal` at its deadline. The promise does not survive the process: for work that must not be lost,
   * use a job.
   *
   * @throws TypeError if the value is no promise
   */
  waitUntil(promise: PromiseLike<unknown>): void {
    if (!isThenable(promise)) unexpectedOption("promise", "a promise", promise)
    this.#handling.background?.runInBackground(promise)
  }

  /** Skips the groups of handlers after the group of this handler. */
  stop(): void {
    this.#handling.isStopped = true
  }

  /** Returns whether a filter accepts the update, and narrows the type of the context. */
  matches<F extends Filter>(filter: F): this is Context<NarrowedBy<F> & U> {
    return filter(this.update)
  }
}
