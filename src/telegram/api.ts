import type { ApiMethods as GenericApiMethods, Update } from "@grammyjs/types"
import type { GivenParameters } from "./given-parameters.js"
import type { InputFile } from "./input-file.js"
import type { NewerMethods } from "./newer.js"

/** All methods of the Bot API: an object type with a function for each method name. */
export type ApiMethods = GenericApiMethods<InputFile> & NewerMethods

/** The name of a Bot API method, as Telegram spells it. */
export type ApiMethodName = keyof ApiMethods

/**
 * The parameters of a Bot API method; `undefined` if it takes none. Each text that has entities may also be a
 * formatted text of `sounder/text`; each parameter that the bot's `defaults` can set may be `null`, which
 * switches the default off.
 */
export type ApiParameters<M extends ApiMethodName> = GivenParameters<Parameters<ApiMethods[M]>[0]>

/** The result of a Bot API method. */
export type ApiResult<M extends ApiMethodName> = ReturnType<ApiMethods[M]>

/** The type of an update, which is the name of its field next to `update_id`: `message`, `callback_query`, … */
export type UpdateType = Exclude<keyof Update, "update_id">

/** The update types that contain a message. */
export type MessageType =
  | "message"
  | "edited_message"
  | "channel_post"
  | "edited_channel_post"
  | "business_message"
  | "edited_business_message"
  | "guest_message"
