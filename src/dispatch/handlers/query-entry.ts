import { unexpectedOption } from "../../ground/expect-option.js"
import type { Update } from "../../telegram/types.js"
import { type HandlerEntry, filterEntry, patternMatcher } from "./handler-entry.js"
import { asHandler, undefinedArgument } from "./handler-arguments.js"
import { expectHandlerOptions } from "./handler-options.js"

/**
 * Returns the entry of a handler of queries of one type: all of them, or the queries whose text matches a pattern.
 *
 * @param args the arguments of the registration
 * @throws TypeError for a wrong pattern, handler or option
 */
export function queryEntry(
  type: "callback_query" | "inline_query",
  args: readonly unknown[],
  textOf: (update: Update) => string | undefined,
): HandlerEntry {
  const [pattern, handler, options] = args.length > 1 ? args : [undefined, args[0]]
  // With options, `undefined` stands for all queries.
  if (args.length === 2 && pattern === undefined) throw undefinedArgument("pattern")
  if (pattern !== undefined && typeof pattern !== "string" && !(pattern instanceof RegExp)) {
    unexpectedOption("pattern", "a string or a RegExp", pattern)
  }
  const matchPattern = pattern instanceof RegExp ? patternMatcher(pattern, textOf) : undefined
  const conditions = { types: [type], matchPattern, ...expectHandlerOptions(options) }
  return { ...filterEntry(undefined, asHandler(handler)), ...conditions }
}

/** Returns the data of a press. */
export function callbackData(update: Update): string | undefined {
  return update.callback_query?.data
}

/** Returns the text of an inline query. */
export function queryText(update: Update): string | undefined {
  return update.inline_query?.query
}
