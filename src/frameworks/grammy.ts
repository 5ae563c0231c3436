/**
 * Sounder under a bot written with grammY. The bot's handlers, plugins and calls stay unchanged.
 *
 * @module
 */
import { saysTooOld } from "../dispatch/context/too-old.js"
import { isError } from "../ground/error-text.js"
import type { Updater } from "../updater.js"
import { HandledValues, handleUpdate } from "./handled-update.js"
import { createReceiver, type ReceiverOptions } from "./receiver-options.js"
import { replaceStart, startedTwice } from "./replace-start.js"

export type { ReceiverOptions } from "./receiver-options.js"

/** The members of grammY's `Bot` that Sounder uses. */
export interface GrammyBot {
  /** The bot's token. */
  readonly token: string
  /** The client of the Bot API. Its options have the URL of the server. */
  readonly api: {
    readonly options?: { readonly apiRoot?: string | undefined } | undefined
    /** The functions that see each call. */
    readonly config: { use(transformer: never): unknown }
  }
  /** Calls `getMe` once, and retries until it succeeds or the signal aborts. */
  init(signal?: never): Promise<void>
  /** Runs the middleware for one update. Rejects with a `BotError`, which has the context. */
  handleUpdate(update: never): Promise<void>
  /** Returns whether `bot.start` receives. */
  isRunning?(): boolean
  /** The function that was passed to `bot.catch`. */
  errorHandler: (error: never) => unknown
}

/**
 * Returns an {@link Updater} that receives the updates of a bot written with grammY, and passes each to
 * `bot.handleUpdate`. Start it in place of `bot.start()`, which from now on rejects, or `webhookCallback`. The method
 * `bot.stop` of the bot stops the updater.
 *
 * An error of the middleware is passed to `bot.catch`. If that function returns, the update counts as
 * handled. If it throws, as grammY's default does, the update has failed: the error is logged, and the
 * update is retried if the `attempts` option is set.
 *
 * @example
 * ```ts
 * import { Bot } from "grammy"
 * import { receive } from "sounder/grammy"
 * import { SqliteQueue } from "sounder/sqlite"
 *
 * const bot = new Bot(process.env.BOT_TOKEN ?? "")
 * bot.command("start", (ctx) => ctx.reply("Hello!"))
 *
 * await receive(bot, { queue: new SqliteQueue({ path: "updates.db" }) }).runPolling()
 * ```
 * @throws TypeError for a wrong option, for a bot that `bot.start()` runs, and if `TELEGRAM_API_ROOT` is not the server
 * that the bot calls
 */
export function receive(bot: GrammyBot, options: ReceiverOptions = {}): Updater {
  if (bot.isRunning?.()) throw startedTwice("start")
  const updater = createReceiver(
    {
      token: bot.token,
      apiRoot: bot.api.options?.apiRoot,
      apiRootExample: "new Bot(token, { client: { apiRoot: process.env.TELEGRAM_API_ROOT } })",
    },
    options,
  )
  // grammY declares its own types of calls, which TypeScript does not match with this function.
  bot.api.config.use(ignoreLateAnswers as never)
  replaceStart(bot, updater, "start")
  updater.dispatcher.use(async (ctx) => {
    // grammY declares its own types of updates and signals, which TypeScript does not match with Sounder's.
    await bot.init(ctx.signal as never)
    await handleUpdate(ctx, () => handle(bot, ctx.update as never))
  })
  return updater
}

/** The result of a call, as the functions of `bot.api.config` see it. */
interface GrammyResult {
  readonly ok: boolean
  readonly description?: string
}

/**
 * Turns the refusal of an answer to a button press as too old into a success: a press that is handled again was
 * perhaps answered before, and its handler must not fail for this reason.
 */
async function ignoreLateAnswers(
  call: (method: string, payload: object, signal?: AbortSignal) => Promise<GrammyResult>,
  method: string,
  payload: object,
  signal?: AbortSignal,
): Promise<GrammyResult | { readonly ok: true; readonly result: true }> {
  const result = await call(method, payload, signal)
  const isLate =
    method === "answerCallbackQuery" && !result.ok && saysTooOld(result.description ?? "")
  return isLate ? { ok: true, result: true } : result
}

/** The storage of a plugin of grammY: a `StorageAdapter`. */
export interface GrammyStorage<Value> {
  /** Resolves with a value; with `undefined` if there is none. */
  read(key: string): Promise<Value | undefined>
  /** Writes a value with the end of the update. Rejects for a value that JSON cannot represent. */
  write(key: string, value: Value): Promise<void>
  /** Deletes a value with the end of the update. */
  delete(key: string): Promise<void>
}

/**
 * Returns a storage for the session or the conversations of a bot that {@link receive} runs. The values are kept in
 * the queue, as JSON, and written with the end of the update: a handler that fails, or whose process dies, has
 * written nothing when the update is handled again.
 *
 * Its methods reject with a `TypeError` outside of the handlers of an update.
 *
 * @param name the name of the storage, unique within the bot; it must not change
 * @throws TypeError for a wrong name
 * @example
 * ```ts
 * import { Bot, session, type Context, type SessionFlavor } from "grammy"
 * import { receive, storage } from "sounder/grammy"
 * import { SqliteQueue } from "sounder/sqlite"
 *
 * const bot = new Bot<Context & SessionFlavor<{ count: number }>>(process.env.BOT_TOKEN ?? "")
 * bot.use(session({ initial: () => ({ count: 0 }), storage: storage("session") }))
 * bot.command("count", (ctx) => ctx.reply(`${++ctx.session.count}`))
 *
 * await receive(bot, { queue: new SqliteQueue({ path: "updates.db" }) }).runPolling()
 * ```
 */
export function storage<Value>(name: string): GrammyStorage<Value> {
  const values = new HandledValues(name)
  return {
    // `write` has stored the value.
    read: (key) => values.get(key) as Promise<Value | undefined>,
    write: (key, value) => values.set(key, value),
    delete: (key) => values.delete(key),
  }
}

async function handle(bot: GrammyBot, update: never): Promise<void> {
  try {
    await bot.handleUpdate(update)
  } catch (error) {
    // grammY passes only a BotError to `bot.catch`. Any other error is a mistake in the program.
    if (!isBotError(error)) throw error
    await bot.errorHandler(error as never)
  }
}

function isBotError(error: unknown): boolean {
  return isError(error) && "ctx" in error && "error" in error
}
