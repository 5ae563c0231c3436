import type { ApiMethods as GenericApiMethods, Update } from "@grammyjs/types"
import type { InputFile } from "./input-file.js"

/** All methods of the Bot API: an object type with a function for each method name. */
export type ApiMethods = GenericApiMethods<InputFile>

/** The name of a Bot API method, as Telegram spells it. */
export type ApiMethodName = keyof ApiMethods

/** The parameters of a Bot API method; `undefined` where it takes none. */
export type ApiParameters<M extends ApiMethodName> = Parameters<ApiMethods[M]>[0]

/** The result of a Bot API method. */
export type ApiResult<M extends ApiMethodName> = ReturnType<ApiMethods[M]>

/** The type of an update, which is the name of its field next to `update_id`: `message`, `callback_query`, … */
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
