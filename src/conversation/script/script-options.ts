import type { Context } from "../../dispatch/context/context.js"
import {
  expectDurationMs,
  expectInteger,
  expectOptionsObject,
  expectText,
  unexpectedOption,
  type OptionNames,
} from "../../ground/expect-option.js"
import type { UpdateType } from "../../telegram/api.js"
import { updateTypes as allTypes } from "../../telegram/update-types.js"
import type { DialogKey } from "../conversation-options.js"
import type { AnyScript, ScriptForm } from "./script-form.js"
import type { ScriptSession } from "./script-sessions.js"
import type { Talk } from "./talk.js"

/**
 * A dialog as a function. The function is called again at each update of the dialog; see {@link Talk}. The
 * dialog ends with the function. A result of `talk.again` begins it again.
 */
export type Script<Data extends object = {}, Extra extends object = {}> = (
  talk: Talk<Data, Extra>,
  ctx: Context & Extra,
) => unknown

/** The values that sessions add to the context. */
export type SessionValues<Sessions extends readonly ScriptSession[]> = Intersection<
  Awaited<ReturnType<Sessions[number]["derive"]>>
>

/** The intersection of the members of a union; `{}` of none. */
type Intersection<Union> = [Union] extends [never]
  ? {}
  : (Union extends unknown ? (value: Union) => void : never) extends (value: infer All) => void
    ? All & object
    : never

/** The options of a {@link ScriptedConversation}. */
export interface ScriptOptions<
  Data extends object,
  Sessions extends readonly ScriptSession[] = readonly [],
> {
  /** Returns the data of a new dialog. Default: no data. */
  readonly data?: () => Data
  /** The rule that says which updates belong to one dialog. Default: `"chat-user"`. */
  readonly per?: DialogKey
  /**
   * The sessions whose data the script has on its contexts. A session with a `store` is refused, because the
   * values of a store are not recorded. Default: none.
   */
  readonly sessions?: Sessions
  /** The time after which a wait without `timeoutMs` rejects with a `WaitTimeout`, in milliseconds. Default: never. */
  readonly timeoutMs?: number
  /** Whether the entry points also get updates while a dialog is open, before the script. Default: `false`. */
  readonly reentry?: boolean
  /** The update types that can be answers. Default: `["message", "callback_query"]`. */
  readonly updateTypes?: readonly UpdateType[]
  /**
   * The version of the script: an integer of at least 1. After a change of the version, stored dialogs no longer
   * fit, unless `formerVersions` has their script. Default: 1.
   */
  readonly version?: number
  /** Former scripts, each under its version, for the dialogs that have begun with it. Default: none. */
  readonly formerVersions?: Readonly<Record<number, Script<Data, SessionValues<Sessions>>>>
  /**
   * The consequence for a stored dialog that does not fit the script: the dialog begins again with its data, or
   * ends, or its updates are set aside. Default: `"setAside"`.
   */
  readonly onChanged?: "restart" | "end" | "setAside"
  /**
   * The consequence if Telegram answers a call to the dialog's chat with 403, because the user has blocked the bot,
   * and the script does not catch the error: the dialog ends, or the update fails. Default: `"end"`.
   */
  readonly onBlocked?: "end" | "fail"
}

/** The options without the types of data and sessions. */
type ErasedOptions = Omit<ScriptOptions<object, readonly ScriptSession[]>, "formerVersions"> & {
  readonly formerVersions?: unknown
}

const optionNames: OptionNames<ErasedOptions> = {
  data: true,
  per: true,
  sessions: true,
  timeoutMs: true,
  reentry: true,
  updateTypes: true,
  version: true,
  formerVersions: true,
  onChanged: true,
  onBlocked: true,
}

/** Returns the definition of a conversation. Throws a `TypeError` for a wrong option. */
export function scriptFormOf(name: string, script: unknown, options: ErasedOptions): ScriptForm {
  expectText("name", name)
  expectOptionsObject(
    options,
    `new ScriptedConversation(${JSON.stringify(name)}, script, { data })`,
    optionNames,
  )
  const { data = () => ({}), sessions = [], timeoutMs = Infinity, version = 1 } = options
  const { updateTypes = ["message", "callback_query"], formerVersions = {} } = options
  const { onChanged = "setAside", onBlocked = "end" } = options
  if (typeof data !== "function") unexpectedOption("data", "a function", data)
  expectRecorded(sessions)
  if (!Array.isArray(updateTypes) || updateTypes.some((type) => !allTypes.includes(type))) {
    unexpectedOption("updateTypes", "a list of update types", updateTypes)
  }
  if (!["restart", "end", "setAside"].includes(onChanged)) {
    unexpectedOption("onChanged", '"restart", "end" or "setAside"', onChanged)
  }
  if (onBlocked !== "end" && onBlocked !== "fail") {
    unexpectedOption("onBlocked", '"end" or "fail"', onBlocked)
  }
  expectInteger("version", version, 1, 1e9)
  return {
    ...{ name, version, initial: data, sessions, updateTypes, onChanged },
    scripts: scriptsOf(version, script, formerVersions),
    timeoutMs: expectDurationMs("timeoutMs", timeoutMs),
    endsWhenBlocked: onBlocked === "end",
  }
}

function expectRecorded(sessions: readonly ScriptSession[]): void {
  if (!Array.isArray(sessions)) unexpectedOption("sessions", "a list of sessions", sessions)
  const stored = sessions.find(({ store }) => store !== undefined)
  if (!stored) return
  throw new TypeError(
    `Expected sessions in the queue's state, got ${stored.name} with a store: a script cannot record its values.`,
  )
}

function scriptsOf(version: number, script: unknown, former: unknown): Map<number, AnyScript> {
  if (typeof former !== "object" || former === null) {
    return unexpectedOption("formerVersions", "an object of functions", former)
  }
  const scripts = Object.entries(former).map(
    ([number, each]) => [Number(number), expectScript("formerVersions", each)] as const,
  )
  return new Map([...scripts, [version, expectScript("script", script)]])
}

function expectScript(name: string, script: unknown): AnyScript {
  if (typeof script !== "function") unexpectedOption(name, "a function", script)
  // The script gets the data and the sessions of its conversation.
  return script as AnyScript
}
