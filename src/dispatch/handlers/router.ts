import { CallPlace } from "../../ground/call-place.js"
import { isDevelopment } from "../../ground/development.js"
import { unexpectedOption } from "../../ground/expect-option.js"
import type { MessageType, UpdateType } from "../../telegram/api.js"
import type { Update } from "../../telegram/types.js"
import { updateTypes } from "../../telegram/update-types.js"
import { camelCase, type UpdateTypeName } from "../context/camel-case.js"
import { commandConditions, type CommandLookup } from "./command-entry.js"
import type { CommandContext, Context, MatchContext } from "../context/context.js"
import { and } from "../filters/combine.js"
import { type Filter, withTypes } from "../filters/filter.js"
import type {
  CommandHandler,
  ErrorHandler,
  FilteredHandler,
  Handler,
  Middleware,
  Registration,
} from "./handler.js"
import { filterEntry, type HandlerEntry, patternMatcher } from "./handler-entry.js"
import { HandlerTable } from "./handler-table.js"
import type { UpdateOf, UpdateOfAny } from "../context/narrowed.js"
import { UpdateMethods } from "./update-methods.js"

/**
 * A registry of handlers, in numbered groups (default: 0). In each group, from the lowest number, an
 * update goes to the first handler that matches, in the order of registration; that handler can call the
 * next matching one with `await next()`. A handler that calls `ctx.stop()` skips the later groups.
 *
 * `use` mounts a router on another one: the mounted handlers run at the position of the mounted router.
 * Handlers can be added and removed at any time; changes apply to updates whose handling starts later.
 *
 * @example
 * ```ts
 * import { Router, Updater } from "sounder"
 *
 * const greetings = new Router()
 * greetings.command("start", (ctx) => ctx.reply("Hello!"))
 *
 * const updater = new Updater({ token: process.env.BOT_TOKEN ?? "1:a" })
 * updater.dispatcher.use(greetings)
 * ```
 */
export class Router extends UpdateMethods implements Record<UpdateTypeName, unknown> {
  #table = new HandlerTable()
  #group = 0

  /**
   * Handles a command: a new message whose text begins with `/name` or `/name@ThisBot`, in upper or
   * lower case. Commands addressed to another bot do not match. Combine several filters with
   * `filters.and`.
   *
   * A pattern, such as `/^view_(\w+)$/`, is matched against the name as it was written, without the
   * slash; the match is `ctx.match`. Commands in captions, in channel posts and in messages to a business
   * account match only if the options say so.
   *
   * @param names the name without the slash, several names, or a pattern
   * @throws TypeError for a name that cannot be a command of Telegram, or a wrong option
   */
  command(
    names: string | readonly string[],
    handler: Handler<CommandContext<UpdateOf<"message"> & { message: { text: string } }>>,
  ): Registration
  command(
    pattern: RegExp,
    handler: Handler<
      CommandContext<UpdateOf<"message"> & { message: { text: string } }> & MatchContext
    >,
  ): Registration
  command<T extends MessageType = "message">(
    names: string | readonly string[],
    handler: Handler<CommandContext<UpdateOfAny<T>>>,
    options: CommandLookup<T>,
  ): Registration
  command<T extends MessageType = "message">(
    pattern: RegExp,
    handler: Handler<CommandContext<UpdateOfAny<T>> & MatchContext>,
    options: CommandLookup<T>,
  ): Registration
  command<F extends Filter>(
    names: string | readonly string[],
    filter: F,
    handler: CommandHandler<F, UpdateOf<"message"> & { message: { text: string } }>,
  ): Registration
  command(names: string | RegExp | readonly string[], ...args: readonly unknown[]): Registration {
    const hasOptions = args.length > 1 && typeof args[1] !== "function"
    const { filter, handler } = filterAndHandler(hasOptions ? args.slice(0, 1) : args)
    const options = hasOptions ? args[1] : undefined
    return this.#add({ ...filterEntry(filter, handler), ...commandConditions(names, options) })
  }

  /** Handles the updates that a filter accepts. The filter narrows the type of the handler's context. */
  on<F extends Filter>(filter: F, handler: FilteredHandler<F>): Registration
  on(...args: readonly unknown[]): Registration {
    if (args.length !== 2) unexpectedOption("handler", "a function", args[1])
    const { filter, handler } = filterAndHandler(args)
    return this.#add(filterEntry(filter, handler))
  }

  /**
   * Handles presses of inline buttons: all presses, presses with exactly this data, or presses whose data
   * matches a pattern. The match of the pattern is `ctx.match`.
   */
  callbackQuery(handler: Handler<Context<UpdateOf<"callback_query">>>): Registration
  callbackQuery(
    data: RegExp,
    handler: Handler<MatchContext<UpdateOf<"callback_query">>>,
  ): Registration
  callbackQuery(
    data: string | undefined,
    handler: Handler<Context<UpdateOf<"callback_query">>>,
  ): Registration
  callbackQuery(...args: readonly unknown[]): Registration {
    const [data, handler] = args.length > 1 ? args : [undefined, args[0]]
    const entry = textEntry("callback_query", data, handler, callbackData)
    return this.#add(typeof data === "string" ? { ...entry, keys: [data] } : entry)
  }

  /**
   * Handles inline queries: all queries, queries with exactly this text, or queries whose text matches a
   * pattern. The match of the pattern is `ctx.match`.
   */
  inlineQuery(handler: Handler<Context<UpdateOf<"inline_query">>>): Registration
  inlineQuery(query: RegExp, handler: Handler<MatchContext<UpdateOf<"inline_query">>>): Registration
  inlineQuery(
    query: string | undefined,
    handler: Handler<Context<UpdateOf<"inline_query">>>,
  ): Registration
  inlineQuery(...args: readonly unknown[]): Registration {
    const [query, handler] = args.length > 1 ? args : [undefined, args[0]]
    const entry = textEntry("inline_query", query, handler, queryText)
    const accepts = (update: Update) => update.inline_query?.query === query
    return this.#add(typeof query === "string" ? { ...entry, accepts } : entry)
  }

  /**
   * Registers a middleware, which calls the next matching handler with `await next()`, or mounts a router.
   *
   * @throws TypeError if the router to mount is this router, contains it, or is a group of a router
   */
  use(middleware: Middleware | Router): Registration {
    if (!(middleware instanceof Router))
      return this.#add(filterEntry(undefined, asHandler(middleware)))
    return this.#table.add(this.#group, middleware.#mountable())
  }

  /**
   * Returns a group of this router. Handlers registered on it run in that group.
   *
   * @param number an integer. Groups with lower numbers run first; the router itself is group 0.
   */
  group(number: number): Router {
    if (!Number.isSafeInteger(number)) unexpectedOption("group", "an integer", number)
    const group = new Router()
    group.#table = this.#table
    group.#group = number
    return group
  }

  /**
   * Registers an error handler. It is called if a handler of this router, of its groups or of a router
   * mounted on it throws, unless the mounted router has error handlers itself. All error handlers of a
   * router are called, in the order of registration.
   */
  catch(handler: ErrorHandler): Registration {
    if (typeof handler !== "function") unexpectedOption("handler", "a function", handler)
    return this.#table.addErrorHandler(handler)
  }

  protected override addOfType(type: UpdateType, args: readonly unknown[]): Registration {
    const { filter, handler } = filterAndHandler(args)
    const isOfType = withTypes([type], (update: Update) => update[type] !== undefined)
    const both = filter && and(isOfType, filter)
    return this.#add({ ...filterEntry(both, handler), types: [type] })
  }

  /** The table of this router's handlers. */
  protected get table(): HandlerTable {
    return this.#table
  }

  #add(entry: HandlerEntry): Registration {
    const placed = isDevelopment() ? { ...entry, place: new CallPlace() } : entry
    return this.#table.add(this.#group, placed)
  }

  #mountable(): HandlerTable {
    if (this.#group === 0) return this.#table
    throw new TypeError(
      "Expected a router to mount, got a group of a router: mount the router itself.",
    )
  }
}

function textEntry(
  type: "callback_query" | "inline_query",
  pattern: unknown,
  handler: unknown,
  textOf: (update: Update) => string | undefined,
): HandlerEntry {
  if (pattern !== undefined && typeof pattern !== "string" && !(pattern instanceof RegExp)) {
    unexpectedOption("pattern", "a string or a RegExp", pattern)
  }
  const matchPattern = pattern instanceof RegExp ? patternMatcher(pattern, textOf) : undefined
  return { ...filterEntry(undefined, asHandler(handler)), types: [type], matchPattern }
}

function callbackData(update: Update): string | undefined {
  return update.callback_query?.data
}

function queryText(update: Update): string | undefined {
  return update.inline_query?.query
}

function filterAndHandler(args: readonly unknown[]): {
  filter: Filter | undefined
  handler: Handler
} {
  const [filter, handler] = args.length > 1 ? args : [undefined, args[0]]
  if (typeof filter === "string") throw notAFilter(filter)
  if (filter !== undefined && typeof filter !== "function") {
    unexpectedOption("filter", "a function", filter)
  }
  // The typed overloads of the public methods guarantee that this function is a filter.
  return { filter: filter as Filter | undefined, handler: asHandler(handler) }
}

/**
 * Returns the error for a string in place of a filter, such as `"message:text"` in other libraries. The
 * message names the method to use instead.
 */
function notAFilter(text: string): TypeError {
  const [type = "", field = ""] = text.split(":")
  const isType = updateTypes.some((known) => known === type)
  const method =
    isType && field === "" ? `.${camelCase(type)}(handler)` : ".on(filters.text, handler)"
  return new TypeError(
    `Expected the \`filter\` option to be a function, got ${JSON.stringify(text)}: write \`${method}\`.`,
  )
}

function asHandler(handler: unknown): Handler {
  if (typeof handler !== "function") unexpectedOption("handler", "a function", handler)
  // The typed overloads of the public methods guarantee that this function is a handler.
  return handler as Handler
}
