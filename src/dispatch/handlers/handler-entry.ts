import type { UpdateType } from "../../telegram/api.js"
import type { Update } from "../../telegram/types.js"
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
  readonly find: ((update: Update) => RegExpExecArray | null) | undefined
  readonly handler: Handler
}

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
  text: (update: Update) => string | undefined,
): (update: Update) => RegExpExecArray | null {
  const own = new RegExp(pattern.source, pattern.flags.replace("g", ""))
  return (update) => {
    own.lastIndex = 0
    const given = text(update)
    return given === undefined ? null : own.exec(given)
  }
}

function messageText({ message }: Update): string | undefined {
  return message?.text ?? message?.caption
}
