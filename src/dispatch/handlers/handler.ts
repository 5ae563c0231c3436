import type { HandlerError } from "../../telegram/errors.js"
import type { Update } from "../../telegram/types.js"
import type { CommandContext, Context, MatchContext } from "../context/context.js"
import type { Failure } from "./failure-rule.js"
import type { NarrowedBy, Patterned } from "../filters/filter.js"

/**
 * Passes the update on to the next handler of the group that matches. Resolves when that one has
 * ended, and rejects when it threw. A second call answers the promise of the first.
 */
export type Next = () => Promise<void>

/** What is done with an update. What it returns is awaited, then dropped. */
export type Handler<C = Context> = (ctx: C, next: Next) => unknown

/** Stands before the handlers that are registered after it, and passes on with `await next()`. */
export type Middleware = Handler

/**
 * What is told of a handler that threw: `error.cause` is what it threw. The third argument says which
 * attempt it was and what becomes of the update.
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

/** What was registered, so that it can be taken back. */
export interface Registration {
  /** Takes it back. Updates that are being handled keep it; a second call does nothing. */
  remove(): void
}
