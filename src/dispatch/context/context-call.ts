import type { Bot } from "../../bot/index.js"
import type { Update } from "../../telegram/types.js"

/** The update of a context and the bot that received it. */
export interface CallSubject {
  readonly bot: Bot
  readonly update: Update
}

/** The implementation of a context's method that calls Telegram, with the arguments of that method. */
export type ContextCall = (subject: CallSubject, ...args: never[]) => Promise<unknown>
