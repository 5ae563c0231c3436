import type { OptionNames } from "../../ground/expect-option.js"
import type { MessageType } from "../../telegram/api.js"
import { commandKey, commandName } from "../context/command-text.js"
import { type HandlerEntry, patternMatcher } from "./handler-entry.js"
import { type CommandMenuOptions, menuCommand } from "./command-menu.js"
import { expectLookup, lookupOptionNames, type MessageLookup } from "./message-lookup.js"

/** Options of a command: the updates in which it is recognized, and its place in the lists of commands. */
export interface CommandHandlerOptions<T extends MessageType = MessageType>
  extends MessageLookup<T>, CommandMenuOptions {}

const optionNames: OptionNames<CommandHandlerOptions> = {
  ...lookupOptionNames,
  description: true,
  scopes: true,
  languages: true,
  isEphemeral: true,
}

/**
 * Returns the conditions of a command's handler, as a part of its entry.
 *
 * @throws TypeError for an invalid command name or option
 */
export function commandConditions(
  names: string | RegExp | readonly string[],
  options?: unknown,
): Pick<HandlerEntry, "types" | "keys"> & Partial<HandlerEntry> {
  const { types, captions, interrupts } = expectLookup(options, optionNames)
  // The lookup has checked that the options are an object.
  const menuOptions = (options ?? {}) as CommandMenuOptions
  const common: Partial<HandlerEntry> = { interrupts, ...(!captions && { needsText: true }) }
  if (names instanceof RegExp) {
    expectNoSlash(names)
    menuCommand(undefined, menuOptions)
    return { types, keys: undefined, ...common, ...patternCondition(names, captions) }
  }
  const commandNames = (typeof names === "string" ? [names] : names).map(commandName)
  const listed = menuCommand(commandNames[0], menuOptions)
  const keys = commandNames.flatMap((name) => keysOf(name, captions))
  return { types, keys, ...common, ...(listed && { listed }) }
}

/** Throws a `TypeError` for a pattern that begins with a slash: it would match no command. */
function expectNoSlash({ source }: RegExp): void {
  if (!/^\^?\\\//.test(source)) return
  throw new TypeError(
    `Expected a pattern of a command's name without the slash, got /${source}/: leave the slash out.`,
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
