import type { ApiMethods as GenericApiMethods, Update } from "@grammyjs/types"
import type { InputFile } from "./input-file.js"

/** Every method of the Bot API: name to function. */
export type ApiMethods = GenericApiMethods<InputFile>

/** The name of a Bot API method, as Telegram spells it. */
export type ApiMethodName = keyof ApiMethods

/** The parameters of a Bot API method; `undefined` where it takes none. */
export type ApiParameters<M extends ApiMethodName> = Parameters<ApiMethods[M]>[0]

/** The result of a Bot API method. */
export type ApiResult<M extends ApiMethodName> = ReturnType<ApiMethods[M]>

/** The name of a kind of update: `message`, `callback_query`, … */
export type UpdateType = Exclude<keyof Update, "update_id">

/** The update types that hold a message. */
export type MessageType =
  | "message"
  | "edited_message"
  | "channel_post"
  | "edited_channel_post"
  | "business_message"
  | "edited_business_message"
  | "guest_message"
