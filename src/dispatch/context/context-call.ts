import type { Bot } from "../../bot/index.js"
import type { Update } from "../../telegram/types.js"

/** The update of a context and the bot that received it. */
export interface CallSubject {
  readonly bot: Bot
  readonly update: Update
}

/** A method of a context that calls Telegram, as a function of its update. */
export type ContextCall = (about: CallSubject, ...given: never[]) => Promise<unknown>
