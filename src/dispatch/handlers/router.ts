import { CallPlace } from "../../ground/call-place.js"
import { isDevelopment } from "../../ground/development.js"
import { unexpectedOption } from "../../ground/expect-option.js"
import type { Removable } from "../../ground/removable.js"
import type { MessageType, UpdateType } from "../../telegram/api.js"
import { ownType } from "../../telegram/own-update.js"
import type { Update } from "../../telegram/types.js"
import type { UpdateTypeName } from "../context/camel-case.js"
import { expectEventName } from "./event-name.js"
import { commandConditions, type CommandHandlerOptions } from "./command-entry.js"
import type { CommandMenuOptions } from "./command-menu.js"
import type { CommandContext, Context, MatchContext, OwnContext } from "../context/context.js"
import {
  type Derivation,
  type FreeNames,
  placedConstants,
  type PlacedDerivation,
  placedDerivation,
} from "./derivation.js"
import { and } from "../filters/combine.js"
import { type Filter, withTypes } from "../filters/filter.js"
import type {
  ChooseRouter,
  CommandHandler,
  ErrorHandler,
  FilteredHandler,
  Handler,
  Middleware,
} from "./handler.js"
import { filterEntry, type HandlerEntry } from "./handler-entry.js"
import { asHandler, filterAndHandler, type InsteadOfName } from "./handler-arguments.js"
import { expectHandlerOptions, type HandlerOptions } from "./handler-options.js"
import { HandlerTable, RouteTables } from "./handler-table.js"
import type { MessageLookup } from "./message-lookup.js"
import { textConditions } from "./text-entry.js"
import { mountedRouterOf } from "./mounted-router.js"
import { unmatchedKey } from "./press-key.js"
import {
  accepting,
  type PressData,
  pressEntry,
  type PressReader,
  type PressSource,
  readerOf,
} from "./press-source.js"
import { callbackData, queryEntry, queryText } from "./query-entry.js"
import type { TextUpdate, UpdateOf, UpdateOfAny } from "../context/narrowed.js"
import { UpdateMethods } from "./update-methods.js"

/** The key of the type of the values that the handlers of a router expect, without a value at run time. */
declare const expectedValues: unique symbol

/**
 * A router that can be mounted where the values `Extra` are derived, because its handlers expect no others.
 */
export interface Mountable<in Extra extends object> {
  /** For the compiler only. */
  readonly [expectedValues]: (values: Extra) => void
}

/**
 * A plug-in that derives values: a function that returns a router with the values `X` of the given router and
 * with the values `Y`. A plug-in that only adds handlers is a function of a `Router`, or a router to mount.
 */
export type Plugin<X extends object, Y extends object> = (router: Router<X>) => Router<X & Y>

/** The derived values of a router's handlers, as in `ExtraOf<typeof app>`. */
export type ExtraOf<R> = R extends Router<infer Extra> ? Extra : never

/** A handler of presses. */
type PressHandler<Extra extends object> = Handler<Context<UpdateOf<"callback_query">> & Extra>
/** A handler of inline queries. */
type QueryHandler<Extra extends object> = Handler<Context<UpdateOf<"inline_query">> & Extra>

/** The type of the values that the handlers expect, for {@link Mountable}. */
// oxlint-disable-next-line typescript/no-unsafe-declaration-merging -- a type without a value
export interface Router<Extra extends object = {}> {
  /** For the compiler only. */
  [expectedValues](values: Extra): void
}

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
export class Router<Extra extends object = {}>
  extends UpdateMethods<Extra>
  implements Record<UpdateTypeName, unknown>
{
  #table = new HandlerTable()
  #group = 0

  /**
   * Handles a command: a new message whose text begins with `/name` or `/name@ThisBot`, in upper or
   * lower case. Commands addressed to another bot do not match. Combine several filters with
   * `filters.and`.
   *
   * A pattern, such as `/^view_(\w+)$/`, is matched against the name as it was written, without the
   * slash; the match is `ctx.match`. Commands in captions, in channel posts and in messages to a business
   * account match only if the options say so. With a `description`, `dispatcher.syncCommands` puts the
   * command into the list that users see; of several names, the first.
   *
   * @param names the name without the slash, several names, or a pattern
   * @throws TypeError for a name that cannot be a command of Telegram, or a wrong option
   */
  command(
    names: string | readonly string[],
    handler: Handler<CommandContext<TextUpdate> & Extra>,
    options?: CommandMenuOptions & HandlerOptions,
  ): Removable
  command(
    pattern: RegExp,
    handler: Handler<CommandContext<TextUpdate> & MatchContext & Extra>,
  ): Removable
  command<T extends MessageType = "message">(
    names: string | readonly string[],
    handler: Handler<CommandContext<UpdateOfAny<T>> & Extra>,
    options: CommandHandlerOptions<T>,
  ): Removable
  command<T extends MessageType = "message">(
    pattern: RegExp,
    handler: Handler<CommandContext<UpdateOfAny<T>> & MatchContext & Extra>,
    options: MessageLookup<T>,
  ): Removable
  command<F extends Filter>(
    names: string | readonly string[],
    filter: F,
    handler: CommandHandler<F, TextUpdate, Extra>,
    options?: CommandMenuOptions & HandlerOptions,
  ): Removable
  command(names: string | RegExp | readonly string[], ...args: readonly unknown[]): Removable {
    const last = args.length > 1 ? args.at(-1) : undefined
    const hasOptions = args.length > 1 && typeof last !== "function"
    const { filter, handler } = filterAndHandler(hasOptions ? args.slice(0, -1) : args)
    return this.#add({
      ...filterEntry(filter, handler),
      ...commandConditions(names, hasOptions ? last : undefined),
    })
  }

  /**
   * Handles new messages with exactly this text, with one of several texts, or with a text that matches a
   * pattern. The match of the pattern is `ctx.match`. The number of exact texts does not slow the search
   * down. Captions, channel posts and messages to a business account match only if the options say so.
   *
   * @param texts the whole text, in the same upper or lower case; several texts; or a pattern
   * @throws TypeError for an empty text or a wrong option
   */
  hears(texts: string | readonly string[], handler: Handler<Context<TextUpdate> & Extra>): Removable
  hears(pattern: RegExp, handler: Handler<MatchContext<TextUpdate> & Extra>): Removable
  hears<T extends MessageType = "message">(
    texts: string | readonly string[],
    handler: Handler<Context<UpdateOfAny<T>> & Extra>,
    options: MessageLookup<T>,
  ): Removable
  hears<T extends MessageType = "message">(
    pattern: RegExp,
    handler: Handler<MatchContext<UpdateOfAny<T>> & Extra>,
    options: MessageLookup<T>,
  ): Removable
  hears(texts: unknown, handler: unknown, options?: unknown): Removable {
    const conditions = textConditions(texts, options)
    return this.#add({ ...filterEntry(undefined, asHandler(handler)), ...conditions })
  }

  /** Handles the updates that a filter accepts. The filter narrows the type of the handler's context. */
  on<F extends Filter>(
    filter: F,
    handler: FilteredHandler<F, Update, Extra>,
    options?: HandlerOptions,
  ): Removable
  /** @deprecated A name is no filter: `.message(handler)`, `.on(filters.text, handler)`. */
  on<N extends string>(name: N | readonly N[], handler: InsteadOfName<N>): never
  on(...args: readonly unknown[]): Removable {
    if (args.length < 2) unexpectedOption("handler", "a function", args[1])
    const { filter, handler } = filterAndHandler(args.slice(0, 2))
    return this.#add({ ...filterEntry(filter, handler), ...expectHandlerOptions(args[2]) })
  }

  /**
   * Handles presses of inline buttons: all presses, presses with exactly this data, presses whose data
   * matches a pattern, or presses of a source, which `callbackData` of `sounder/keyboard` returns. The match
   * of the pattern is `ctx.match`; the data of the source are `ctx.data`.
   *
   * @throws TypeError for a source whose prefix is taken
   * @see docs/guides/keyboards.md
   */
  callbackQuery(handler: PressHandler<Extra>): Removable
  callbackQuery(
    data: RegExp,
    handler: Handler<MatchContext<UpdateOf<"callback_query">> & Extra>,
    options?: HandlerOptions,
  ): Removable
  callbackQuery(data: string, handler: PressHandler<Extra>, options?: HandlerOptions): Removable
  callbackQuery(data: undefined, handler: PressHandler<Extra>, options: HandlerOptions): Removable
  callbackQuery<Data>(
    source: PressSource<Data>,
    handler: Handler<Context<UpdateOf<"callback_query">> & Extra & PressData<Data>>,
    options?: HandlerOptions,
  ): Removable
  callbackQuery(...args: readonly unknown[]): Removable {
    const [data] = args.length > 1 ? args : []
    const reader = readerOf(data)
    if (reader) return this.#addPresses(reader, pressEntry(reader, args))
    const entry = queryEntry("callback_query", args, callbackData)
    return this.#add(typeof data === "string" ? { ...entry, keys: [data] } : entry)
  }

  /**
   * Handles presses that reach no other handler, in any group: no source can read their data, or no handler
   * matches. Default: an answer with the text "This button is too old".
   *
   * @see docs/guides/keyboards.md
   */
  invalidCallbackData(handler: Handler<Context<UpdateOf<"callback_query">> & Extra>): Removable {
    const entry = filterEntry(undefined, asHandler(handler))
    return this.#add({ ...entry, types: ["callback_query"], keys: [unmatchedKey] })
  }

  /**
   * Handles inline queries: all queries, queries with exactly this text, or queries whose text matches a
   * pattern. The match of the pattern is `ctx.match`.
   */
  inlineQuery(handler: QueryHandler<Extra>): Removable
  inlineQuery(
    query: RegExp,
    handler: Handler<MatchContext<UpdateOf<"inline_query">> & Extra>,
    options?: HandlerOptions,
  ): Removable
  inlineQuery(query: string, handler: QueryHandler<Extra>, options?: HandlerOptions): Removable
  inlineQuery(query: undefined, handler: QueryHandler<Extra>, options: HandlerOptions): Removable
  inlineQuery(...args: readonly unknown[]): Removable {
    const [query] = args.length > 1 ? args : []
    const entry = queryEntry("inline_query", args, queryText)
    const accepts = (update: Update) => update.inline_query?.query === query
    return this.#add(typeof query === "string" ? { ...entry, accepts } : entry)
  }

  /**
   * Handles the own updates of a name: the events that a program puts, and the timers that are due. The data
   * are `ctx.own.data`, unchecked. An own update whose name has no handler is set aside.
   * @param name as in `ctx.state.put({ name, lane })`. Names with `sounder:` in front are Sounder's.
   */
  event(name: string, handler: Handler<OwnContext & Extra>): Removable {
    const entry = filterEntry(undefined, asHandler(handler))
    // `UpdateType` lists the types of Telegram's updates only.
    return this.#add({ ...entry, types: [ownType as UpdateType], keys: [expectEventName(name)] })
  }

  /**
   * Registers a middleware, which calls the next matching handler with `await next()`, or mounts a router. A
   * router whose handlers expect derived values can be mounted only where they are derived.
   *
   * @throws TypeError if the router to mount is this router, contains it, or is a group of a router
   */
  use(middleware: Middleware<Extra> | Mountable<Extra>): Removable {
    const router = mountedRouterOf(middleware) ?? middleware
    if (router instanceof Router) return this.#table.add(this.#group, router.#mountable())
    return this.#add(filterEntry(undefined, asHandler(router)))
  }

  /**
   * Mounts several routers, and passes each update to one of them: the router whose name `choose` returns.
   * `choose` may read state. The function is called once for each update, and only if one of the routers may
   * match the update. If it returns `undefined` or another name, or if no handler of that router matches, the
   * update goes to the next handler after the routers. The number of routers does not slow the search down.
   *
   * @throws TypeError if `choose` is not a function, or a router cannot be mounted here
   */
  route(
    choose: ChooseRouter<Context & Extra>,
    routers: Readonly<Record<string, Mountable<Extra>>>,
  ): Removable {
    if (typeof choose !== "function") unexpectedOption("choose", "a function", choose)
    const tables = Object.entries(routers).map(([name, router]) => {
      if (!(router instanceof Router)) return unexpectedOption(name, "a router", router)
      return [name, router.#mountable()] as const
    })
    // The context of the routers has the values `Extra`.
    return this.#table.add(this.#group, new RouteTables(choose as ChooseRouter, new Map(tables)))
  }

  /**
   * Mounts a new router, whose handlers have derived values on their context, and returns it. The values are
   * derived once for each update, when a handler of that router, or of a router mounted on it, has matched,
   * and before the handler is called. All handlers of that router share the values; other handlers do not get
   * them. An error of the function counts as an error of the handler.
   *
   * @example
   * ```ts
   * import { Updater } from "sounder"
   *
   * const { dispatcher } = new Updater({ token: process.env.BOT_TOKEN ?? "1:a" })
   * const names = new Map<number, string>()
   *
   * const app = dispatcher.derive((ctx) => ({ userName: names.get(ctx.from?.id ?? 0) ?? "stranger" }))
   * app.command("me", (ctx) => ctx.reply(`Hello, ${ctx.userName}!`))
   * ```
   * @param derivation a function that returns the values as a plain object, or a promise of them; or an
   *   object with such a function as its method `derive`
   * @throws TypeError if the derivation is neither. An update fails with a `TypeError` if the values are no
   *   plain object, or if one has a name that every context has.
   * @see docs/guides/typed-context.md
   */
  derive<Y extends object & FreeNames>(derivation: Derivation<Y, Extra>): Router<Extra & Y> {
    return this.#mountDerived(placedDerivation(derivation))
  }

  /**
   * Mounts a new router, whose handlers have these constants on their context, and returns it.
   *
   * @throws TypeError if the constants are not a plain object, or if one has a name that every context has
   * @see docs/guides/typed-context.md
   */
  decorate<Y extends object & FreeNames>(constants: Y): Router<Extra & Y> {
    return this.#mountDerived(placedConstants(constants))
  }

  /**
   * Returns a group of this router. Handlers registered on it run in that group.
   *
   * @param number an integer. Groups with lower numbers run first; the router itself is group 0.
   */
  group(number: number): Router<Extra> {
    if (!Number.isSafeInteger(number)) unexpectedOption("group", "an integer", number)
    const group = new Router<Extra>()
    group.#table = this.#table
    group.#group = number
    return group
  }

  /**
   * Registers a handler of the errors that handlers throw in this router, in its groups, and in a router mounted
   * on it, unless the mounted router has error handlers itself. All error handlers of a
   * router are called, in the order of registration.
   */
  catch(handler: ErrorHandler<Extra>): Removable {
    if (typeof handler !== "function") unexpectedOption("handler", "a function", handler)
    return this.#table.addErrorHandler(handler)
  }

  protected override addOfType(type: UpdateType, args: readonly unknown[]): Removable {
    const { filter, handler } = filterAndHandler(args)
    const isOfType = withTypes([type], (update: Update) => update[type] !== undefined)
    const both = filter && and(isOfType, filter)
    return this.#add({ ...filterEntry(both, handler), types: [type] })
  }

  /** The table of this router's handlers. */
  protected get table(): HandlerTable {
    return this.#table
  }

  #add(entry: HandlerEntry): Removable {
    const placed = isDevelopment() ? { ...entry, place: new CallPlace() } : entry
    return this.#table.add(this.#group, placed)
  }

  #addPresses(reader: PressReader<unknown>, entry: HandlerEntry): Removable {
    const accepted = new Router()
    accepted.derive((ctx) => ({ data: reader.dataOf(ctx) })).#add(entry)
    return this.route(accepting(reader.accepts, "accepted"), { accepted })
  }

  #mountDerived<Y extends object>(derivation: PlacedDerivation): Router<Extra & Y> {
    const router = new Router<Extra & Y>()
    router.#table = new HandlerTable(derivation)
    this.#table.add(this.#group, router.#table)
    return router
  }

  #mountable(): HandlerTable {
    if (this.#group === 0) return this.#table
    throw new TypeError(
      "Expected a router to mount, got a group of a router: mount the router itself.",
    )
  }
}
