import { announceCall, isCallWatched } from "../events/announce-call.js"
import { offAbort, onAbort } from "../ground/abort-listeners.js"
import { AdviceLog } from "../ground/advice-log.js"
import { expectParameters } from "./encode-parameters.js"
import { CallPlace, withoutOwnFrames } from "../ground/call-place.js"
import { isDevelopment } from "../ground/development.js"
import { errorStack } from "../ground/error-text.js"
import {
  expectDurationMs,
  expectInteger,
  unexpectedOption,
  type OptionNames,
  expectOptionsObject,
} from "../ground/expect-option.js"
import { type Logger, withFields } from "../ground/logger.js"
import { guardedLogger } from "../telegram/guarded-logger.js"
import { ObservedPromise } from "../ground/observed-promise.js"
import type { Removable } from "../ground/removable.js"
import { SounderError } from "../telegram/errors.js"
import type { File, UserFromGetMe } from "../telegram/types.js"
import type { ApiCalls } from "./api-calls.js"
import { BotAddress } from "./bot-address.js"
import type {
  ApiCall,
  BotOptions,
  BulkLimits,
  CallHook,
  CallOptions,
  RetryAfterOptions,
} from "./bot-options.js"
import { CallHooks } from "./call-hooks.js"
import { DefaultParameters } from "./default-parameters.js"
import { Caller } from "./caller.js"
import { type Download, openDownload } from "./download.js"
import { Exchange } from "./exchange.js"
import { adviseOnLength } from "./long-text.js"
import { methodNames, parameterlessMethods } from "./method-names.generated.js"
import { notePressAnswer } from "./open-presses.js"
import type { PlacedCall } from "./placed-call.js"
import { proxyUrl } from "./proxy-url.js"
import { adviseOnNames } from "./unknown-parameters.js"
import { destroyStreams } from "./used-streams.js"

const callOptionNames: OptionNames<CallOptions> = {
  signal: true,
  timeoutMs: true,
  maxWaitMs: true,
  bulk: true,
  defaults: true,
}

const optionNames: OptionNames<BotOptions> = {
  apiRoot: true,
  environment: true,
  localMode: true,
  transport: true,
  proxy: true,
  timeoutMs: true,
  me: true,
  retryAfter: true,
  bulk: true,
  defaults: true,
  onCall: true,
  logger: true,
  advice: true,
}

const retryAfterNames: OptionNames<RetryAfterOptions> = { attempts: true, maxWaitMs: true }

const bulkNames: OptionNames<BulkLimits> = { perSecond: true }

/** The methods of the Bot API, under Telegram's names. */
// oxlint-disable-next-line typescript/no-unsafe-declaration-merging -- the methods are defined at the end of this file
export interface Bot extends ApiCalls {}

/**
 * A client of the Bot API for one bot. It has all methods of the Bot API, under Telegram's names.
 *
 * Connections are opened on demand and do not keep the process alive. Disposing of the bot closes them.
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
  /** The URL of the Bot API server, without a slash at the end. */
  readonly apiRoot: string
  /** Whether the Bot API server runs with `--local`. */
  readonly localMode: boolean
  readonly #address: BotAddress
  readonly #exchange: Exchange
  readonly #caller: Caller
  readonly #hooks = new CallHooks()
  readonly #defaults: DefaultParameters | undefined
  readonly #logger: Logger
  readonly #advice: AdviceLog | undefined
  #me: UserFromGetMe | undefined
  /** The running request of `init`, which concurrent calls share. */
  #meRequest: Promise<UserFromGetMe> | undefined

  /**
   * @param token the bot's token from @BotFather
   * @throws TypeError for an invalid token or option
   */
  constructor(token: string | undefined, options: BotOptions = {}) {
    expectOptionsObject(options, "new Bot(token, { apiRoot })", optionNames)
    const timeoutMs = expectDurationMs("timeoutMs", options.timeoutMs ?? 30_000)
    const { retryAfter = {}, bulk = {} } = options
    expectOptionsObject(retryAfter, "retryAfter: { attempts }", retryAfterNames)
    expectOptionsObject(bulk, "bulk: { perSecond }", bulkNames)
    const { attempts = 3, maxWaitMs = 60_000 } = retryAfter
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
    if (options.defaults !== undefined) this.#defaults = new DefaultParameters(options.defaults)
    if (options.onCall) this.use(options.onCall)
    this.#exchange = new Exchange(this.#address, timeoutMs, options)
    this.#logger = withFields(guardedLogger(options.logger), { botId: this.id })
    const perSecond = expectInteger("bulk.perSecond", bulk.perSecond ?? 30, 1, 1_000)
    const limits = { botId: this.id, maxRepetitions: attempts, maxWaitMs, perSecond }
    this.#caller = new Caller(this.#exchange, limits, this.#logger)
    if (options.advice ?? isDevelopment())
      this.#advice = new AdviceLog((message) => this.#logger.warn(message))
  }

  /** The bot's token. No log line, error message or inspection of a bot contains it. */
  get token(): string {
    return this.#address.token
  }

  /** The result of `getMe`; `undefined` before {@link Bot.init} has resolved. */
  get me(): UserFromGetMe | undefined {
    return this.#me
  }

  /**
   * Calls `getMe` once and stores the result in {@link Bot.me}. Concurrent calls of `init` share one request,
   * so an abort ends only the wait of its own caller. After a rejection, the next `init` tries again.
   *
   * @see https://core.telegram.org/bots/api#getme
   */
  async init(options: CallOptions = {}): Promise<UserFromGetMe> {
    expectOptionsObject(options, "init({ signal })", callOptionNames)
    if (this.#me) return this.#me
    options.signal?.throwIfAborted()
    this.#meRequest ??= this.#requestMe(options)
    return abortable(this.#meRequest, options.signal)
  }

  /**
   * Calls a method by its name, for example a method that is newer than this version of Sounder.
   * A failed call that the program does not await is logged, and does not end the process.
   *
   * @typeParam T the type of the result, which is not checked
   * @param params the parameters; members that are `undefined` or `null` are left out
   * @throws TypeError for a name with characters other than letters, and for parameters that JSON cannot
   *   represent
   */
  call<T = unknown>(method: string, params?: object, options: CallOptions = {}): Promise<T> {
    const place = new CallPlace()
    const call = this.#callFrom<T>(place, method, params, options)
    return ObservedPromise.around(call, (error) => {
      if (options.signal?.aborted) return
      const message = unawaitedFailure(method, error)
      this.#logger.error(this.#address.redact(message))
    })
  }

  async #callFrom<T>(
    place: CallPlace,
    method: string,
    given: object | undefined,
    options: CallOptions,
  ): Promise<T> {
    try {
      if (given !== undefined) expectParameters(method, given)
      expectOptionsObject(options, `${method}(params, { timeoutMs })`, callOptionNames)
      const params = options.defaults === false ? given : this.withDefaults(method, given)
      if (this.#advice) advise({ method, params, place }, this.#advice)
      // The result is not checked, so that results newer than this version pass.
      return (await this.#call(method, params, options)) as T
    } catch (error) {
      destroyStreams(given)
      showPlace(place, error)
      throw error
    }
  }

  /**
   * Adds a hook around every call of this bot, and around all earlier hooks: the hook that was added last gets
   * a call first, and its result last. The option `onCall` is the innermost hook. Calls that a hook makes with
   * this bot pass all hooks, too.
   *
   * @example
   * ```ts
   * import { Bot } from "sounder"
   *
   * const bot = new Bot(process.env.BOT_TOKEN)
   * bot.use(async (call, next) => {
   *   const start = performance.now()
   *   try {
   *     return await next()
   *   } finally {
   *     console.log(call.method, performance.now() - start)
   *   }
   * })
   * ```
   * @throws TypeError if the hook is not a function
   */
  use(hook: CallHook): Removable {
    if (typeof hook !== "function") unexpectedOption("hook", "a function", hook)
    return this.#hooks.add(hook)
  }

  /**
   * Returns the parameters with which the bot calls a method: the given parameters, and the bot's defaults
   * for missing parameters. The given object is not changed.
   */
  withDefaults(method: string, params: object | undefined): object | undefined {
    if (params !== undefined) expectParameters(method, params)
    return this.#defaults ? this.#defaults.addTo(method, params) : params
  }

  /**
   * Starts the download of a file, and resolves when the headers of the answer have arrived.
   *
   * Rejects with an `ApiError` for a file that Telegram does not know, and for a file of more than 20 MB
   * unless the Bot API server runs with `--local`.
   *
   * @param file the `file_id`, or a result of `getFile` that is less than an hour old
   * @see https://core.telegram.org/bots/api#getfile
   */
  async download(file: string | File, options: CallOptions = {}): Promise<Download> {
    const place = new CallPlace()
    expectFile(file)
    expectOptionsObject(options, "download(file, { timeoutMs })", callOptionNames)
    const known = typeof file === "object" && file.file_path !== undefined ? file : undefined
    const file_id = typeof file === "string" ? file : file.file_id
    const described = known ?? (await this.getFile({ file_id }, options))
    const open = () => this.#open(described, options)
    const call = { botId: this.id, method: "download", params: described, apiRoot: this.apiRoot }
    try {
      return await (isCallWatched() ? announceCall(call, open) : open())
    } catch (error) {
      showPlace(place, error)
      throw error
    }
  }

  /** Waits for running calls, then closes the connections. A later call opens new connections. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#exchange.close()
  }

  /** Returns the object that `console.log` prints for a bot, without the token. */
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return `Bot { id: ${this.id}, apiRoot: ${JSON.stringify(this.apiRoot)} }`
  }

  #call(method: string, params: object | undefined, options: CallOptions): Promise<unknown> {
    if (typeof method !== "string" || !/^[A-Za-z]+$/.test(method)) {
      unexpectedOption("method", "a name of letters only", method)
    }
    const { signal, timeoutMs, maxWaitMs, bulk } = options
    if (timeoutMs !== undefined) expectDurationMs("timeoutMs", timeoutMs)
    if (maxWaitMs !== undefined) expectDurationMs("maxWaitMs", maxWaitMs)
    signal?.throwIfAborted()
    notePressAnswer(this.id, method, params)
    const call: ApiCall = { method, params, signal, timeoutMs, maxWaitMs, bulk }
    const makeCall = () => this.#hooks.run(call, (changed) => this.#caller.call(changed))
    if (!isCallWatched()) return makeCall()
    return announceCall({ botId: this.id, method, params, apiRoot: this.apiRoot }, makeCall)
  }

  #open(file: File, options: CallOptions): Promise<Download> {
    const request = this.#exchange.request("download", options)
    return openDownload(file, { exchange: this.#exchange, request, localMode: this.localMode })
  }

  async #requestMe({ timeoutMs }: CallOptions): Promise<UserFromGetMe> {
    try {
      return (this.#me = await this.getMe({ timeoutMs }))
    } finally {
      this.#meRequest = undefined
    }
  }
}

/** Shows the place of a call in its error, unless a function of the user's program has thrown the error. */
function showPlace(place: CallPlace, error: unknown): void {
  if (error instanceof SounderError) place.showIn(error)
  else place.showIfOwn(error)
}

/** Logs advice about the parameters of a call. Errors, as of a getter, are left to the call itself. */
function advise(call: PlacedCall, advice: AdviceLog): void {
  adviseOnLength(call, advice)
  adviseOnNames(call, advice).catch(() => {})
}

function expectFile(file: unknown): void {
  if (typeof file === "string" && file !== "") return
  if (typeof file === "object" && file !== null && "file_id" in file) return
  unexpectedOption("file", "a file_id or an object with a file_id", file)
}

function unawaitedFailure(method: string, error: unknown): string {
  const stack = withoutOwnFrames(errorStack(error))
  return `A call of ${method} that no code awaits has failed: write \`await\` in front of it. ${stack}`
}

/** Settles as a promise does; rejects after an abort with the signal's reason, while the work continues. */
function abortable<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise
  return new Promise((resolve, reject) => {
    const rejectAtAbort = () => reject(signal.reason)
    onAbort(signal, rejectAtAbort)
    promise.then(resolve, reject).finally(() => offAbort(signal, rejectAtAbort))
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
