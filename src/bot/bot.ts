import { announceCall, isCallWatched } from "../events/announce-call.js"
import { offAbort, onAbort } from "../ground/abort-listeners.js"
import { expectDurationMs, expectInteger, unexpectedOption } from "../ground/expect-option.js"
import { guardedLogger, withFields } from "../ground/logger.js"
import { SounderError } from "../telegram/errors.js"
import type { File, UserFromGetMe } from "../telegram/types.js"
import type { ApiCalls } from "./api-calls.js"
import { BotAddress } from "./bot-address.js"
import type { ApiCall, BotOptions, CallHook, CallOptions } from "./bot-options.js"
import { CallPlace } from "./call-place.js"
import { Caller } from "./caller.js"
import { type Download, openDownload } from "./download.js"
import { Exchange } from "./exchange.js"
import { methodNames, parameterlessMethods } from "./method-names.generated.js"
import { proxyUrl } from "./proxy-url.js"
import { destroyStreams } from "./used-streams.js"

/** Every Bot API method, by Telegram's own name. */
// oxlint-disable-next-line typescript/no-unsafe-declaration-merging -- defined below, from one table
export interface Bot extends ApiCalls {}

/**
 * Calls to Telegram, as one bot. Every method of the Bot API is a method of it, by its own name.
 *
 * Opens its connections when they are needed; they keep no process alive. Dispose of it to close
 * them.
 *
 * @example
 * ```ts
 * import { Bot } from "sounder"
 *
 * const bot = new Bot(process.env.BOT_TOKEN)
 * await bot.sendMessage({ chat_id: 42, text: "Hello!" })
 * ```
 * @see https://core.telegram.org/bots/api#making-requests
 */
export class Bot implements AsyncDisposable {
  /** The bot's user id: the number in front of the token's colon. */
  readonly id: number
  /** Where the Bot API is, without a slash at the end. */
  readonly apiRoot: string
  /** Whether that Bot API server runs with `--local`. */
  readonly localMode: boolean
  readonly #address: BotAddress
  readonly #exchange: Exchange
  readonly #caller: Caller
  readonly #hook: CallHook
  #me: UserFromGetMe | undefined
  #asked: Promise<UserFromGetMe> | undefined

  /**
   * @param token the bot's token from @BotFather
   * @throws TypeError for what cannot be a token, or a wrong option
   */
  constructor(token: string | undefined, options: BotOptions = {}) {
    const timeoutMs = expectDurationMs("timeoutMs", options.timeoutMs ?? 30_000)
    const { attempts = 3, maxWaitMs = 60_000 } = options.retryAfter ?? {}
    expectInteger("retryAfter.attempts", attempts, 0, Number.MAX_SAFE_INTEGER)
    expectDurationMs("retryAfter.maxWaitMs", maxWaitMs)
    const { environment = "production" } = options
    if (environment !== "production" && environment !== "test") {
      unexpectedOption("environment", '"production" or "test"', environment)
    }
    if (options.transport && options.proxy !== undefined) {
      throw new TypeError("Expected either the `transport` or the `proxy` option, got both.")
    }
    if (options.proxy) proxyUrl("proxy", options.proxy)
    this.#address = new BotAddress(token, options.apiRoot, environment)
    this.id = this.#address.id
    this.apiRoot = this.#address.apiRoot
    this.localMode = options.localMode ?? false
    this.#me = options.me
    this.#hook = options.onCall ?? ((call, next) => next(call))
    this.#exchange = new Exchange(this.#address, timeoutMs, options)
    this.#caller = new Caller(
      this.#exchange,
      { botId: this.id, attempts, maxWaitMs },
      withFields(guardedLogger(options.logger), { botId: this.id }),
    )
  }

  /** The bot's token. Nothing prints it but who asks for it. */
  get token(): string {
    return this.#address.token
  }

  /** What Telegram says of this bot; `undefined` before {@link Bot.init}. */
  get me(): UserFromGetMe | undefined {
    return this.#me
  }

  /**
   * Asks Telegram once who this bot is, and remembers it. Calls at the same time share the question,
   * so that an abort ends only the waiting of its caller. After a rejection it can be tried again.
   *
   * @see https://core.telegram.org/bots/api#getme
   */
  async init(options: CallOptions = {}): Promise<UserFromGetMe> {
    if (this.#me) return this.#me
    options.signal?.throwIfAborted()
    this.#asked ??= this.#askWhoAmI(options)
    return abortable(this.#asked, options.signal)
  }

  /**
   * Calls a method by its name: one that is newer than this version, or one that only this Bot API
   * server has.
   *
   * @typeParam T what the method answers, which nobody checks
   * @param params its parameters; members that are `undefined` or `null` are left out
   * @throws TypeError for a name that has other characters than letters, and for parameters that
   * JSON cannot hold
   */
  async call<T = unknown>(method: string, params?: object, options: CallOptions = {}): Promise<T> {
    const place = new CallPlace()
    try {
      // The result is Telegram's word: nothing is checked, so that what is newer passes.
      return (await this.#call(method, params, options)) as T
    } catch (error) {
      destroyStreams(params)
      if (error instanceof SounderError) place.showIn(error)
      throw error
    }
  }

  /**
   * Begins to receive a file: resolves when its first bytes are on their way.
   *
   * Rejects with an `ApiError` for a file that Telegram does not know or that is too big (20 MB,
   * unless the Bot API server runs with `--local`).
   *
   * @param file its `file_id`, or what `getFile` has said of it less than an hour ago
   * @see https://core.telegram.org/bots/api#getfile
   */
  async download(file: string | File, options: CallOptions = {}): Promise<Download> {
    const place = new CallPlace()
    const known = typeof file === "object" && file.file_path !== undefined ? file : undefined
    const file_id = typeof file === "string" ? file : file.file_id
    const described = known ?? (await this.getFile({ file_id }, options))
    const open = () => this.#open(described, options)
    const call = { botId: this.id, method: "download", params: described, apiRoot: this.apiRoot }
    try {
      return await (isCallWatched() ? announceCall(call, open) : open())
    } catch (error) {
      if (error instanceof SounderError) place.showIn(error)
      throw error
    }
  }

  /** Closes the connections, when the calls that still run have ended. A later call opens new ones. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#exchange.close()
  }

  /** What `console.log` shows: no token. */
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return `Bot { id: ${this.id}, apiRoot: ${JSON.stringify(this.apiRoot)} }`
  }

  #call(method: string, params: object | undefined, options: CallOptions): Promise<unknown> {
    if (!/^[A-Za-z]+$/.test(method)) unexpectedOption("method", "a name of letters only", method)
    const { signal, timeoutMs } = options
    if (timeoutMs !== undefined) expectDurationMs("timeoutMs", timeoutMs)
    signal?.throwIfAborted()
    const call: ApiCall = { method, params, signal, timeoutMs }
    const made = () => this.#hook(call, (changed = call) => this.#caller.call(changed))
    if (!isCallWatched()) return made()
    return announceCall({ botId: this.id, method, params, apiRoot: this.apiRoot }, made)
  }

  #open(file: File, options: CallOptions): Promise<Download> {
    const attempt = this.#exchange.attempt("download", options)
    return openDownload(file, { exchange: this.#exchange, attempt, localMode: this.localMode })
  }

  async #askWhoAmI({ timeoutMs }: CallOptions): Promise<UserFromGetMe> {
    try {
      return (this.#me = await this.getMe({ timeoutMs }))
    } finally {
      this.#asked = undefined
    }
  }
}

function abortable<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise
  return new Promise((resolve, reject) => {
    const end = () => reject(signal.reason)
    onAbort(signal, end)
    promise.then(resolve, reject).finally(() => offAbort(signal, end))
  })
}

const parameterless = new Set<string>(parameterlessMethods)

for (const name of methodNames) {
  const value = parameterless.has(name)
    ? function (this: Bot, options?: CallOptions) {
        return this.call(name, undefined, options)
      }
    : function (this: Bot, params?: object, options?: CallOptions) {
        return this.call(name, params, options)
      }
  Object.defineProperty(Bot.prototype, name, { value, writable: true, configurable: true })
}
