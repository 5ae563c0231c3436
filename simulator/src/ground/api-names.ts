import type { ApiMethods, Update } from "@grammyjs/types"

/** The name of a Bot API method, as Telegram spells it. */
export type ApiMethodName = keyof ApiMethods<unknown>

/** The name of a type of update: `message`, `callback_query`, … */
export type UpdateType = Exclude<keyof Update, "update_id">
