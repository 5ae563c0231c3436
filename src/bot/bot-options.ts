import type { Logger } from "../ground/logger.js"
import type { UserFromGetMe } from "../telegram/types.js"
import type { Transport } from "./transport.js"

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
}

/** One call of a Bot API method, as passed to a {@link CallHook}. */
export interface ApiCall extends CallOptions {
  /** The method, as Telegram spells it. */
  readonly method: string
  /** The parameters of the call. */
  readonly params: object | undefined
}

/**
 * A function that wraps every call. It can observe the call, reject it by throwing, or pass a changed call
 * to `next`; its result is the result of the call. A call that is repeated after a 429 passes the hook once.
 */
export type CallHook = (
  call: ApiCall,
  next: (call?: ApiCall) => Promise<unknown>,
) => Promise<unknown>

/** Options of the waits after Telegram's error 429. */
export interface RetryAfterOptions {
  /**
   * The most repetitions of one call. With 0 no call ever waits, and the first 429 rejects. Default: 3.
   */
  readonly attempts?: number
  /**
   * The longest total wait of one call, in milliseconds. A call that would have to wait longer rejects at
   * once with `RetryAfter`. Default: 60,000.
   */
  readonly maxWaitMs?: number
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
   * Default: undici on Node, `fetch` on other runtimes.
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
  /** The result of `getMe`, where it is known. `init` then makes no call. */
  readonly me?: UserFromGetMe
  /** Options of the waits after Telegram's error 429. */
  readonly retryAfter?: RetryAfterOptions
  /** A function that wraps every call. */
  readonly onCall?: CallHook
  /**
   * The logger of the waits after a 429, and of failed calls that the program does not await. Default:
   * `console`, for warnings and errors only.
   */
  readonly logger?: Logger
  /**
   * Logs texts that are too long for Telegram before the call is made, once for each line of the program.
   * Default: `true` in development, where `NODE_ENV` is neither `production` nor `test`.
   */
  readonly advice?: boolean
}
