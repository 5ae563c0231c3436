import type { Logger } from "../ground/logger.js"
import type { CallDefaults } from "./call-defaults.js"
import type { UserFromGetMe } from "../telegram/types.js"
import type { Transport } from "./transport.js"

/** Options of one bulk call. */
export interface BulkCall {
  /**
   * A function that is called right before each request of the call, when the limits permit the request. The
   * request waits for the returned promise. If this promise rejects, nothing is sent, and the call rejects
   * with the same error.
   */
  readonly beforeSend: () => Promise<void> | void
}

/** Options of one call. */
export interface CallOptions {
  /** An abort ends the call, and its promise rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined
  /**
   * The longest time without progress before the call fails, in milliseconds. Each piece of a file that is
   * sent or received restarts the time. After an upload the time is a second longer for each megabyte,
   * because a self-hosted Bot API server answers only when it has passed the file on. A wait for
   * `retry_after` does not count. Default: the bot's `timeoutMs`; for `getUpdates`, its `timeout` plus ten
   * seconds.
   */
  readonly timeoutMs?: number | undefined
  /**
   * The longest total wait for `retry_after`, in milliseconds. A call that would have to wait longer rejects
   * at once with `RetryAfter`. Default: the bot's `retryAfter.maxWaitMs`.
   */
  readonly maxWaitMs?: number | undefined
  /**
   * Whether the call is a bulk call: one of very many, as in a broadcast. A bulk call waits until Telegram's
   * limits for messages permit the call, and lets all other calls of the bot go first. Methods that send and
   * change no message never wait. Default: `false`.
   *
   * @see docs/guides/broadcast.md
   */
  readonly bulk?: boolean | BulkCall | undefined
  /** Whether the bot's `defaults` are added to the parameters. Default: `true`. */
  readonly defaults?: boolean | undefined
}

/** One call of a Bot API method, as passed to a {@link CallHook}. */
export interface ApiCall extends Omit<CallOptions, "defaults"> {
  /** The method, as Telegram spells it. */
  readonly method: string
  /** The parameters of the call, with the defaults of the bot. */
  readonly params: object | undefined
}

/**
 * A function that wraps every call. The function can observe the call, reject it by throwing, or pass a changed
 * call to `next`, which makes the call or passes it to the next hook. Its result is the result of the call. A call
 * that is repeated after a 429 passes the hook once.
 */
export type CallHook = (
  call: ApiCall,
  next: (call?: ApiCall) => Promise<unknown>,
) => Promise<unknown>

/** Options of the waits after Telegram's error 429. */
export interface RetryAfterOptions {
  /**
   * The maximum number of repetitions of one call. With 0 no call ever waits, and the first 429 rejects.
   * Default: 3.
   */
  readonly attempts?: number
  /**
   * The longest total wait of one call, in milliseconds. A call that would have to wait longer rejects at
   * once with `RetryAfter`. Default: 60,000.
   */
  readonly maxWaitMs?: number
}

/** The limits of bulk calls. */
export interface BulkLimits {
  /**
   * The maximum number of messages per second while there are bulk calls, other calls included. Telegram
   * permits about 30. A lower number leaves room for the messages that other machines send with the same
   * token. Default: 30.
   */
  readonly perSecond?: number
}

/** Options of a {@link Bot}. */
export interface BotOptions {
  /**
   * The URL of the Bot API server, without the token. Default: the environment variable
   * `TELEGRAM_API_ROOT`, otherwise `https://api.telegram.org`.
   */
  readonly apiRoot?: string | undefined
  /**
   * `"test"` for a bot of Telegram's test environment, which has separate users, bots and tokens.
   * Default: `"production"`.
   *
   * @see https://core.telegram.org/bots/features#testing-your-bot
   */
  readonly environment?: "production" | "test"
  /** Whether the Bot API server runs with `--local`. Default: `false`. */
  readonly localMode?: boolean
  /**
   * The transport of requests. The bot does not close a given transport, so that several bots can share it.
   * Default: own connections and undici on Node, `fetch` on other runtimes.
   */
  readonly transport?: Transport
  /**
   * The proxy for requests, as an `http://`, `https://` or `socks5://` URL that may contain a user name and a
   * password; `false` for none. Works on Node only. Default: the environment variables `HTTPS_PROXY`,
   * `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY`.
   */
  readonly proxy?: string | false
  /** The default {@link CallOptions.timeoutMs} of all calls, in milliseconds. Default: 30,000. */
  readonly timeoutMs?: number
  /** The result of `getMe`, if it is known. `init` then makes no call. */
  readonly me?: UserFromGetMe
  /** Options of the waits after Telegram's error 429. */
  readonly retryAfter?: RetryAfterOptions
  /** The limits of calls with the option `bulk`. */
  readonly bulk?: BulkLimits
  /** Values of parameters for all calls of methods that have these parameters. Default: none. */
  readonly defaults?: CallDefaults
  /** A function that wraps every call. `bot.use` adds further ones around it. */
  readonly onCall?: CallHook
  /**
   * The logger of the waits after a 429, and of failed calls that the program does not await. Default:
   * `console`, for warnings and errors only.
   */
  readonly logger?: Logger
  /**
   * Logs texts that are too long for Telegram, and parameters that the Bot API does not have, once for each line of the
   * program. The calls are made all the same.
   * Default: `true` in development, where `NODE_ENV` is neither `production` nor `test`.
   */
  readonly advice?: boolean
}
