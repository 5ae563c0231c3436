import { textMatcher } from "../../ground/text-matcher.js"
import type { CallPlace } from "../../ground/call-place.js"
import type { UpdateType } from "../../telegram/api.js"
import type { Update } from "../../telegram/types.js"
import { updateMessage } from "../../telegram/update-facts.js"
import type { CommandText } from "../context/command-text.js"
import { type Filter, patternOf, typesOf } from "../filters/filter.js"
import { text } from "../filters/text.js"
import type { MenuCommand } from "./command-menu.js"
import type { Handler } from "./handler.js"
import type { PrefixOwner } from "./prefix-claims.js"

/** A handler and the conditions that an update must meet to reach it. All of them must hold. */
export interface HandlerEntry {
  /** The update types that the handler can match; `undefined` for any type. */
  readonly types: readonly UpdateType[] | undefined
  /**
   * The keys of commands, texts, callback data and their prefixes, or events, one of which the update must have;
   * `undefined` for any.
   */
  readonly keys: readonly string[] | undefined
  /** The filter; `undefined` to accept every update of the types and keys. */
  readonly accepts: Filter | undefined
  /** The pattern, which must match; `undefined` for a handler without a pattern. */
  readonly matchPattern: PatternMatcher | undefined
  /**
   * Present if the pattern is matched against command names. The bot's username is then fetched before, to
   * decide whether a command is addressed to this bot.
   */
  readonly matchesCommandNames?: true
  /** Present if the handler matches no message without a text. */
  readonly needsText?: true
  /** The command in the lists of commands; absent for a handler that is in none. */
  readonly listed?: MenuCommand
  /** The owner of the prefix of the data; present in handlers of a `PressSource`. */
  readonly owner?: PrefixOwner
  readonly handler: Handler
  /** Whether an update that matches interrupts the handler that runs in its lane; absent if not. */
  readonly interrupts?: boolean | undefined
  /** The place in the program that registered the handler; present in development only. */
  readonly place?: CallPlace
}

/**
 * A function that matches a pattern against a text of an update, or against the command at its beginning.
 * Returns `null` if the pattern does not match.
 */
export type PatternMatcher = (
  update: Update,
  command: CommandText | undefined,
) => RegExpExecArray | null

/** Returns the entry of a handler with a filter; without a filter, of a handler of all updates. */
export function filterEntry(filter: Filter | undefined, handler: Handler): HandlerEntry {
  const pattern = filter && patternOf(filter)
  return {
    types: filter && typesOf(filter),
    keys: undefined,
    accepts: filter,
    matchPattern: pattern && patternMatcher(pattern, messageText),
    ...(filter === text && { needsText: true }),
    handler,
  }
}

/** Returns a matcher of `pattern` for the text that `textOf` returns. */
export function patternMatcher(
  pattern: RegExp,
  textOf: (update: Update, command: CommandText | undefined) => string | undefined,
): PatternMatcher {
  const match = textMatcher(pattern)
  return (update, command) => {
    const subject = textOf(update, command)
    return subject === undefined ? null : match(subject)
  }
}

function messageText(update: Update): string | undefined {
  const message = updateMessage(update)
  return message?.text ?? message?.caption
}
