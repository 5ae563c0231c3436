import type { UpdateType } from "../../telegram/api.js"
import type { Update } from "../../telegram/types.js"
import type { CommandText } from "../context/command-text.js"
import { type Filter, patternOf, typesOf } from "../filters/filter.js"
import type { Handler } from "./handler.js"

/** A handler and the updates that it wants. */
export interface HandlerEntry {
  /** The update types that the handler can want; `undefined` for any type. */
  readonly types: readonly UpdateType[] | undefined
  /** The command names or callback data by which the handler is looked up, if it is. */
  readonly keys: readonly string[] | undefined
  /** Returns whether the handler wants an update of its types and keys. Absent: each of them. */
  readonly accepts: Filter | undefined
  /** Looks for the handler's pattern; an update without a match is not wanted. */
  readonly find: Finder | undefined
  /** Present where the pattern looks at command names, whose addressee has to be known then. */
  readonly isOfCommands?: true
  readonly handler: Handler
}

/** Looks for a pattern in an update, or in the command at its beginning that is meant for this bot. */
export type Finder = (update: Update, command: CommandText | undefined) => RegExpExecArray | null

/** Returns the entry of a handler with a filter. */
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

/** Returns a finder that looks for a pattern from the beginning, without changing the given `RegExp`. */
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
