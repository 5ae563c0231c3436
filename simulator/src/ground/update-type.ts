import type { Update } from "@grammyjs/types"

/** The name of a type of update: `message`, `callback_query`, … */
export type UpdateType = Exclude<keyof Update, "update_id">
