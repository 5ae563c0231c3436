import { unexpectedOption } from "../../ground/expect-option.js"
import { commandKey, commandName } from "../context/command-text.js"
import type { MessageType } from "../../telegram/api.js"
import { finder, type HandlerEntry } from "./handler-entry.js"

/** Where a command is looked for. */
export interface CommandLookup<T extends MessageType = MessageType> {
  /**
   * The types of updates, as `["message", "channel_post"]`. An edited command is a command again:
   * Telegram sends `edited_message` also where the text has not changed. Default: `["message"]`.
   */
  readonly types?: readonly T[]
  /** Whether a caption may begin with the command, too. Default: `false`. */
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

/** Returns which updates the handler of a command wants. */
export function commandWanted(
  names: string | RegExp | readonly string[],
  options: unknown = {},
): Pick<HandlerEntry, "types" | "keys"> & Partial<HandlerEntry> {
  const { types = ["message"], captions = false } = expectOptions(options)
  if (names instanceof RegExp) return { types, keys: undefined, ...ofPattern(names, captions) }
  const all = (typeof names === "string" ? [names] : names).map(commandName)
  return { types, keys: all.flatMap((name) => keysOf(name, captions)) }
}

function keysOf(name: string, captions: boolean): string[] {
  const key = commandKey(name, false)
  return captions ? [key, commandKey(name, true)] : [key]
}

function ofPattern(pattern: RegExp, captions: boolean): Partial<HandlerEntry> {
  const find = finder(pattern, (_, command) =>
    command && (captions || !command.isCaption) ? command.written : undefined,
  )
  return { find, isOfCommands: true }
}

function expectOptions(options: unknown): CommandLookup {
  if (typeof options !== "object" || options === null) {
    unexpectedOption("options", "an object, as in `{ captions: true }`", options)
  }
  const { types, captions } = options as CommandLookup
  if (captions !== undefined && typeof captions !== "boolean") {
    unexpectedOption("captions", "true or false", captions)
  }
  const areKnown = (list: readonly string[]) =>
    list.length > 0 && list.every((type) => Object.hasOwn(messageTypes, type))
  if (types !== undefined && (!Array.isArray(types) || !areKnown(types))) {
    unexpectedOption("types", `a list of ${Object.keys(messageTypes).join(", ")}`, types)
  }
  return options
}
