/**
 * Filters: functions that return whether a handler should get an update.
 *
 * @module
 */
import type { UpdateType } from "../../telegram/api.js"
import type { Message, Update } from "../../telegram/types.js"

/**
 * A function that returns `true` for an update that its handler should get. A type guard narrows the type of
 * the handler's context.
 *
 * @example
 * ```ts
 * import { Updater, type Update } from "sounder"
 *
 * const fromTelegram = (update: Update) => update.message?.from?.id === 777000
 * new Updater({ token: "1:a" }).dispatcher.on(fromTelegram, () => {})
 * ```
 */
export type Filter = (update: Update) => boolean

/** A filter that accepts new messages only, and narrows the message to `M`. */
export type MessageFilter<M = Message> = (update: Update) => update is Update & { message: M }

/** The type of an update that the filter `F` has accepted. */
export type NarrowedBy<F> = F extends ((update: Update) => update is infer U extends Update)
  ? U
  : Update

/** The property key of the update types that a filter can match. A filter without it can match any type. */
export const matchedTypes: unique symbol = Symbol.for("sounder.matchedTypes")

/** The property key of a filter's pattern, whose match is `ctx.match`. */
export const matchedPattern: unique symbol = Symbol.for("sounder.matchedPattern")

/** A filter with a pattern: its handlers have `ctx.match`. */
export interface Patterned {
  readonly [matchedPattern]: RegExp
}

/** The properties that {@link withTypes} and {@link withPattern} set on a filter. */
interface Marks {
  [matchedTypes]?: readonly UpdateType[]
  [matchedPattern]?: RegExp
}

/** Returns the update types that a filter can match; `undefined` for any type. */
export function typesOf(filter: Filter & Marks): readonly UpdateType[] | undefined {
  return filter[matchedTypes]
}

/** Returns the pattern of a filter; `undefined` if it has none. */
export function patternOf(filter: Filter & Marks): RegExp | undefined {
  return filter[matchedPattern]
}

/**
 * Sets the update types that a filter can match, and returns the filter. The types determine
 * `allowedUpdates`, and the filter is not called for updates of other types. `undefined` stands for any type.
 */
export function withTypes<F extends Filter>(
  types: readonly UpdateType[] | undefined,
  filter: F & Marks,
): F {
  if (types) filter[matchedTypes] = types
  return filter
}

/**
 * Returns a filter that looks for the entries of a list. For an empty list, for example because a
 * setting is missing, the filter is marked as a filter that matches no update.
 */
export function orNothing<F extends Filter>(list: readonly unknown[], filter: F): F {
  return withTypes(list.length === 0 ? [] : undefined, filter)
}

/** Sets the pattern of a filter, and returns the filter. */
export function withPattern<F extends Filter>(pattern: RegExp, filter: F & Marks): F & Patterned {
  return Object.assign(filter, { [matchedPattern]: pattern })
}

/** Returns a filter of the new messages for which `test` returns `true`; they must be of type `M`. */
export function messageFilter<M = Message>(test: (message: Message) => boolean): MessageFilter<M> {
  const filter = (update: Update): update is Update & { message: M } =>
    update.message !== undefined && test(update.message)
  return withTypes(["message"], filter)
}
