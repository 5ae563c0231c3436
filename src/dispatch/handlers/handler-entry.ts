import type { UpdateType } from "../../telegram/api.js"
import type { Update } from "../../telegram/types.js"
import type { CommandText } from "../context/command-text.js"
import { type Filter, patternOf, typesOf } from "../filters/filter.js"
import type { Handler } from "./handler.js"

/** A handler and what it wants. */
export interface HandlerEntry {
  /** The update types it can want; `undefined` where it may be any. */
  readonly types: readonly UpdateType[] | undefined
  /** The command names or the callback data it wants, where it wants nothing else. */
  readonly keys: readonly string[] | undefined
  /** Whether it wants an update of its types and keys; `undefined` where it wants each of them. */
  readonly accepts: Filter | undefined
  /** What its pattern finds; it wants only updates in which it finds something. */
  readonly find: Finder | undefined
  /** Whether the pattern looks at the command's name, so that its addressee has to be known. */
  readonly isOfCommands?: true
  readonly handler: Handler
}

/** Looks for a pattern in an update, or in the command at its beginning that is meant for this bot. */
export type Finder = (update: Update, command: CommandText | undefined) => RegExpExecArray | null

/** The entry of a handler that wants what a filter wants. */
export function filterEntry(filter: Filter | undefined, handler: Handler): HandlerEntry {
  const pattern = filter && patternOf(filter)
  return {
    types: filter && typesOf(filter),
    keys: undefined,
    accepts: filter,
    find: pattern && finder(pattern, messageText),
    handler,
  }
}

/** Looks for a pattern, each time from the beginning, and leaves the given `RegExp` as it is. */
export function finder(
  pattern: RegExp,
  text: (update: Update, command: CommandText | undefined) => string | undefined,
): Finder {
  const own = new RegExp(pattern.source, pattern.flags.replace("g", ""))
  return (update, command) => {
    own.lastIndex = 0
    const given = text(update, command)
    return given === undefined ? null : own.exec(given)
  }
}

function messageText({ message }: Update): string | undefined {
  return message?.text ?? message?.caption
}
