import type { Context } from "../../dispatch/context/context.js"
import type { UpdateType } from "../../telegram/api.js"
import type { ScriptSession } from "./script-sessions.js"
import type { Talk } from "./talk.js"

/** A script, with the types of its data and sessions erased. */
export type AnyScript = (talk: Talk<object>, ctx: Context) => unknown

/** The definition of a conversation by a script. */
export interface ScriptForm {
  readonly name: string
  readonly version: number
  /** The current script and the former ones, by version. */
  readonly scripts: ReadonlyMap<number, AnyScript>
  readonly initial: () => object
  readonly sessions: readonly ScriptSession[]
  /** The update types that can be answers. */
  readonly updateTypes: readonly UpdateType[]
  /** The time of a wait that names none, in milliseconds. */
  readonly timeoutMs: number
  readonly onChanged: "restart" | "end" | "setAside"
  readonly endsWhenBlocked: boolean
}
