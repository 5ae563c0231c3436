import type { Logger } from "../ground/logger.js"
import type { UserFromGetMe } from "../telegram/types.js"
import type { Transport } from "./transport.js"

/** What may be said of one call. */
export interface CallOptions {
  /** An abort ends the call, and its promise rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined
  /**
   * How long Telegram may take to answer, in milliseconds. While files are sent or received the
   * time starts anew with every piece, and after an upload it is a second longer for each megabyte,
   * because a Bot API server of one's own answers when it has sent the file on. The bot's `timeoutMs` by default, for `getUpdates` its own
   * `timeout` and ten seconds. Waiting for `retry_after` does not count.
   */
  readonly timeoutMs?: number | undefined
}

/** One call of a Bot API method, as a {@link CallHook} sees it. */
export interface ApiCall extends CallOptions {
  /** The method, as Telegram spells it. */
  readonly method: string
  /** What was given to it. */
  readonly params: object | undefined
}

/**
 * Stands around every call: it may look at it, measure it, refuse it by throwing, or give `next`
 * another one. What it returns is the answer of the call. Calls that are sent again after a 429 pass
 * it once.
 */
export type CallHook = (
  call: ApiCall,
  next: (call?: ApiCall) => Promise<unknown>,
) => Promise<unknown>

/** How a bot obeys Telegram's 429 with its `retry_after`. */
export interface RetryAfterOptions {
  /**
   * How often a call is sent again at most. 3 by default; 0 leaves everything to the caller: no call
   * ever waits, and the first 429 rejects.
   */
  readonly attempts?: number
  /**
   * How long one call waits in all at most, in milliseconds. 60,000 by default. A call that would
   * have to wait longer rejects at once with `RetryAfter`.
   */
  readonly maxWaitMs?: number
}

/** What may be said of a bot beside its token. */
export interface BotOptions {
  /**
   * Where the Bot API is: `https://api.telegram.org` by default, or what the environment variable
   * `TELEGRAM_API_ROOT` says.
   */
  readonly apiRoot?: string | undefined
  /**
   * `"test"` for a bot of Telegram's test environment, which has users, bots and tokens of its own.
   * `"production"` by default.
   *
   * @see https://core.telegram.org/bots/features#testing-your-bot
   */
  readonly environment?: "production" | "test"
  /** Whether that Bot API server runs with `--local`. `false` by default. */
  readonly localMode?: boolean
  /**
   * How requests are sent; undici on Node, `fetch` elsewhere by default. One that is given is not
   * closed with the bot, so that several bots can share it.
   */
  readonly transport?: Transport
  /**
   * The proxy through which requests go: `http://`, `https://` or `socks5://`, with user and password
   * in it where it asks for them. `false` for none. By default what `HTTPS_PROXY`, `HTTP_PROXY`,
   * `ALL_PROXY` and `NO_PROXY` say. On Node only.
   */
  readonly proxy?: string | false
  /** How long Telegram may take to answer a call, in milliseconds. 30,000 by default. */
  readonly timeoutMs?: number
  /** What `getMe` answers, where it is known: then `init` asks nothing. */
  readonly me?: UserFromGetMe
  /** What is done about 429. */
  readonly retryAfter?: RetryAfterOptions
  /** Stands around every call. */
  readonly onCall?: CallHook
  /** Where the waits for 429 are told. `console`, warnings and errors only, by default. */
  readonly logger?: Logger
}
