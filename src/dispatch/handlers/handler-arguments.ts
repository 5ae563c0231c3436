import { callerError } from "../../ground/call-place.js"
import { unexpectedOption } from "../../ground/expect-option.js"
import type { UpdateType } from "../../telegram/api.js"
import { updateTypes } from "../../telegram/update-types.js"
import { type CamelCase, camelCase } from "../context/camel-case.js"
import type { Filter } from "../filters/filter.js"
import type { Handler } from "./handler.js"

/**
 * Returns the filter and the handler among the arguments of a registration.
 *
 * @throws TypeError if one of them is not a function, and for a filter that is given as `undefined`
 */
export function filterAndHandler(args: readonly unknown[]): {
  filter: Filter | undefined
  handler: Handler
} {
  const [filter, handler] = args.length > 1 ? args : [undefined, args[0]]
  if (args.length > 1 && filter === undefined) throw undefinedArgument("filter")
  if (typeof filter === "string" || Array.isArray(filter)) throw notAFilter(filter)
  if (filter !== undefined && typeof filter !== "function") {
    unexpectedOption("filter", "a function", filter)
  }
  // The typed overloads of the public methods guarantee that this function is a filter.
  return { filter: filter as Filter | undefined, handler: asHandler(handler) }
}

/**
 * Returns a handler.
 *
 * @throws TypeError if it is not a function
 */
export function asHandler(handler: unknown): Handler {
  if (typeof handler !== "function") {
    unexpectedOption("handler", `a function${insteadOf(handler)}`, handler)
  }
  // The typed overloads of the public methods guarantee that this function is a handler.
  return handler as Handler
}

/** Returns the method to use for an object that is no handler, such as a session or a conversation. */
function insteadOf(given: unknown): string {
  if (typeof given !== "object" || given === null) return ""
  // A conversation has both methods.
  if ("mount" in given) return " (a conversation is added with `conversation.mount(dispatcher)`)"
  if ("derive" in given) {
    return " (a session or another source of values is added with `dispatcher.derive(session)`)"
  }
  return ""
}

/**
 * Returns the error for an argument in front of a handler that is `undefined`, such as a misspelt name of
 * `filters`: without the argument, the handler would get all updates.
 */
export function undefinedArgument(name: string): TypeError {
  return callerError(
    `The \`${name}\` in front of the handler is undefined: is its name spelt right?`,
  )
}

/**
 * The text of the compiler's error about a name in place of a filter, as other libraries take it: the method to use
 * instead. No function has this type.
 */
export type InsteadOfName<Name extends string> = Name extends `message:${string}`
  ? "a name is no filter: write .on(filters.text, handler)"
  : Name extends UpdateType | `${UpdateType}:${string}`
    ? `a name is no filter: write .${CamelCase<TypeIn<Name>>}(handler)`
    : "a name is no filter: write .on(filters.text, handler)"

/** The update type at the start of a name. */
type TypeIn<Name extends string> = Name extends `${infer Type}:${string}` ? Type : Name

/** Returns the error for a name, or several, in place of a filter. The message names the method to use instead. */
function notAFilter(names: string | readonly unknown[]): TypeError {
  const [type = "", field] = String(typeof names === "string" ? names : names[0]).split(":")
  const isMethod = updateTypes.some((known) => known === type)
  const isText = !isMethod || (type === "message" && field !== undefined)
  const method = isText ? ".on(filters.text, handler)" : `.${camelCase(type)}(handler)`
  return callerError(
    `Expected the \`filter\` option to be a function, got ${JSON.stringify(names)}: write \`${method}\`.`,
  )
}
