import type { ApiMethods, ApiParameters, ApiResult } from "../telegram/api.js"
import type { CallOptions } from "./bot-options.js"

/**
 * Every method of the Bot API under Telegram's own name. The parameters come first, as one object,
 * and may be left out where Telegram requires none; the {@link CallOptions} come last. A method
 * without parameters takes only the options: `bot.getMe({ timeoutMs: 5000 })`.
 *
 * Rejects with an `ApiError` when Telegram says no, with a `NetworkError` when no usable answer
 * comes, and with the signal's reason after an abort.
 *
 * @see https://core.telegram.org/bots/api#available-methods
 */
export type ApiCalls = {
  [M in keyof ApiMethods]: ApiFunction<ApiParameters<M>, ApiResult<M>>
}

/** How a Bot API method with these parameters is called. */
export type ApiFunction<Params, Result> = [Params] extends [undefined]
  ? (options?: CallOptions) => Promise<Result>
  : Partial<Params> extends Params
    ? (params?: Params, options?: CallOptions) => Promise<Result>
    : (params: Params, options?: CallOptions) => Promise<Result>
