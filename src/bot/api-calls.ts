import type { ApiMethods, ApiParameters, ApiResult } from "../telegram/api.js"
import type { CallOptions } from "./bot-options.js"

/**
 * The methods of the Bot API under Telegram's names. The first argument is an object with the parameters,
 * optional if Telegram requires none; the last is {@link CallOptions}. A method that has no parameters
 * takes only the options: `bot.getMe({ timeoutMs: 5000 })`.
 *
 * Each method rejects with an `ApiError` if Telegram refuses the call, with a `NetworkError` if no
 * usable answer comes, and with the signal's reason after an abort.
 *
 * @see https://core.telegram.org/bots/api#available-methods
 */
export type ApiCalls = {
  [M in keyof ApiMethods]: ApiFunction<ApiParameters<M>, ApiResult<M>>
}

/** The function type of a Bot API method with these parameters and this result. */
export type ApiFunction<Params, Result> = [Params] extends [undefined]
  ? (options?: CallOptions) => Promise<Result>
  : Partial<Params> extends Params
    ? (params?: Params, options?: CallOptions) => Promise<Result>
    : (params: Params, options?: CallOptions) => Promise<Result>
