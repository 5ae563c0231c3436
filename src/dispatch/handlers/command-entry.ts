import { unexpectedOption } from "../../ground/expect-option.js"
import { commandKey, commandName } from "../context/command-text.js"
import type { MessageType } from "../../telegram/api.js"
import { type HandlerEntry, patternMatcher } from "./handler-entry.js"

/** Options of a command: the updates in which it is recognized. */
export interface CommandLookup<T extends MessageType = MessageType> {
  /**
   * The update types, as in `["message", "channel_post"]`. With `"edited_message"`, each edit of a command
   * runs the handler again; Telegram sends such updates even if the text is unchanged. Default:
   * `["message"]`.
   */
  readonly types?: readonly T[]
  /** Whether commands at the start of a caption count, too. Default: `false`. */
  readonly captions?: boolean
}

const messageTypes: Readonly<Record<MessageType, true>> = {
  message: true,
  edited_message: true,
  channel_post: true,
  edited_channel_post: true,
  business_message: true,
  edited_business_message: true,
  guest_message: true,
}

/**
 * Returns the conditions of a command's handler, as a part of its entry.
 *
 * @throws TypeError for an invalid command name or option
 */
export function commandConditions(
  names: string | RegExp | readonly string[],
  options: unknown = {},
): Pick<HandlerEntry, "types" | "keys"> & Partial<HandlerEntry> {
  const { types = ["message"], captions = false } = expectOptions(options)
  if (names instanceof RegExp) {
    expectNoSlash(names)
    return { types, keys: undefined, ...patternCondition(names, captions) }
  }
  const commandNames = (typeof names === "string" ? [names] : names).map(commandName)
  return { types, keys: commandNames.flatMap((name) => keysOf(name, captions)) }
}

/** Throws a `TypeError` for a pattern that begins with a slash: it would match no command. */
function expectNoSlash({ source }: RegExp): void {
  if (!/^\^?\\\//.test(source)) return
  throw new TypeError(
    `Expected a pattern of a command's name without the slash, got /${source}/: leave it out.`,
  )
}

function keysOf(name: string, captions: boolean): string[] {
  const key = commandKey(name, false)
  return captions ? [key, commandKey(name, true)] : [key]
}

function patternCondition(pattern: RegExp, captions: boolean): Partial<HandlerEntry> {
  const matchPattern = patternMatcher(pattern, (_, command) =>
    command && (captions || !command.isCaption) ? command.written : undefined,
  )
  return { matchPattern, matchesCommandNames: true }
}

function expectOptions(options: unknown): CommandLookup {
  if (typeof options !== "object" || options === null) {
    unexpectedOption("options", "an object, as in `{ captions: true }`", options)
  }
  const { types, captions } = options as CommandLookup
  if (captions !== undefined && typeof captions !== "boolean") {
    unexpectedOption("captions", "true or false", captions)
  }
  const areMessageTypes = (list: readonly string[]) =>
    list.length > 0 && list.every((type) => Object.hasOwn(messageTypes, type))
  if (types !== undefined && (!Array.isArray(types) || !areMessageTypes(types))) {
    unexpectedOption("types", `a list of ${Object.keys(messageTypes).join(", ")}`, types)
  }
  return options
}
