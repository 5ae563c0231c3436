import type { BotAccount } from "../delivery/bot-account.js"
import type { Arguments } from "../arguments/arguments.js"
import type { World } from "../world/world.js"

/** One call of a bot. */
export interface Call {
  readonly bot: BotAccount
  readonly args: Arguments
  readonly world: World
}

/** Carries out a call: answers its result, or throws a {@link CallError}. */
export type Method = (call: Call) => unknown

/** Methods by name, as Telegram spells them. */
export type MethodTable = Readonly<Record<string, Method>>
