import type { HandlerError } from "../../telegram/errors.js"
import type { Update } from "../../telegram/types.js"
import type { CommandContext, Context, MatchContext } from "../context/context.js"
import type { Failure } from "./failure-rule.js"
import type { NarrowedBy, Patterned } from "../filters/filter.js"

/**
 * A function that calls the next matching handler of the group. Resolves when that handler has ended, or at
 * once if no handler follows; rejects with the handler's error. A second call returns the promise of the
 * first.
 */
export type Next = () => Promise<void>

/** A function that handles an update. A returned promise is awaited; its value is ignored. */
export type Handler<C = Context> = (ctx: C, next: Next) => unknown

/** A handler that runs before the handlers registered after it, and calls them with `await next()`. */
export type Middleware<Extra extends object = {}> = Handler<Context & Extra>

/**
 * A function that is called after a handler has thrown; `error.cause` is the thrown value. `failure` says
 * whether the update is retried, done or set aside. A returned promise is awaited. The derived values of the
 * router are absent from the context if they could not be derived, or if the error came before.
 */
export type ErrorHandler<Extra extends object = {}> = (
  error: HandlerError,
  ctx: Context & Partial<Extra>,
  failure: Failure,
) => unknown

/** A function that returns the name of the router that gets an update; `undefined` for none. */
export type ChooseRouter<C = Context> = (ctx: C) => string | undefined | Promise<string | undefined>

/** A handler of the updates of type `U` that pass the filter `F`, with the derived values `Extra`. */
export type FilteredHandler<F, U extends Update = Update, Extra extends object = {}> = Handler<
  (F extends Patterned ? MatchContext<NarrowedBy<F> & U> : Context<NarrowedBy<F> & U>) & Extra
>

/** A handler of the commands in updates of type `U` that pass the filter `F`. */
export type CommandHandler<F, U extends Update, Extra extends object = {}> = Handler<
  (F extends Patterned
    ? MatchContext<NarrowedBy<F> & U> & CommandContext<NarrowedBy<F> & U>
    : CommandContext<NarrowedBy<F> & U>) &
    Extra
>
