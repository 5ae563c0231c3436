import type { BotAccount } from "../delivery/bot-account.js"
import type { Arguments } from "../arguments/arguments.js"
import type { Connected } from "../world/business-accounts.js"
import type { World } from "../world/world.js"

/** One call of a bot. */
export interface Call {
  readonly bot: BotAccount
  readonly args: Arguments
  readonly world: World
  /** The business account for which the bot acts; `undefined` for an action of the bot itself. */
  readonly business?: Connected
}

/** A method's implementation: returns the result, or throws a {@link CallError}. */
export type Method = (call: Call) => unknown

/** Implementations by method name, in Telegram's spelling. */
export type MethodTable = Readonly<Record<string, Method>>
