import type { HandlerError } from "../../telegram/errors.js"
import type { Update } from "../../telegram/types.js"
import type { CommandContext, Context, MatchContext } from "../context/context.js"
import type { Failure } from "./failure-rule.js"
import type { NarrowedBy, Patterned } from "../filters/filter.js"

/**
 * Passes the update on to the next handler of the group that matches. Resolves when that one has
 * ended, and rejects when it threw. A second call returns the promise of the first.
 */
export type Next = () => Promise<void>

/** A function that handles an update. Its return value is awaited, then dropped. */
export type Handler<C = Context> = (ctx: C, next: Next) => unknown

/** A handler in front of the handlers registered after it, which it calls with `await next()`. */
export type Middleware = Handler

/**
 * A function that is called after a handler has thrown: `error.cause` is the thrown value. The third
 * argument holds the number of the attempt and the fate of the update.
 */
export type ErrorHandler = (error: HandlerError, ctx: Context, failure: Failure) => unknown

/** The handler of updates that the filter `F` lets pass, which are already known to be a `U`. */
export type FilteredHandler<F, U extends Update = Update> = Handler<
  F extends Patterned ? MatchContext<NarrowedBy<F> & U> : Context<NarrowedBy<F> & U>
>

/** The handler of a command in a message that the filter `F` lets pass. */
export type CommandHandler<F, U extends Update> = Handler<
  F extends Patterned
    ? MatchContext<NarrowedBy<F> & U> & CommandContext<NarrowedBy<F> & U>
    : CommandContext<NarrowedBy<F> & U>
>

/** A registered handler, for its removal. */
export interface Registration {
  /** Removes the handler. Updates that are being handled keep it; a second call does nothing. */
  remove(): void
}
