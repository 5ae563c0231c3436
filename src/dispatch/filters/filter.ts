/**
 * Filters: functions that return whether an update is wanted.
 *
 * @module
 */
import type { UpdateType } from "../../telegram/api.js"
import type { Message, Update } from "../../telegram/types.js"

/**
 * A function from an update to a boolean. Written as a type guard it narrows the handler's context.
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

/** A filter of new messages that narrows the message to `M`. */
export type MessageFilter<M = Message> = (update: Update) => update is Update & { message: M }

/** The type of an update that the filter `F` has let pass. */
export type NarrowedBy<F> = F extends ((update: Update) => update is infer U extends Update)
  ? U
  : Update

/** The key under which a filter names the update types it can match; without it, it is any type. */
export const matchedTypes: unique symbol = Symbol.for("sounder.matchedTypes")

/** The key under which a filter carries the pattern that `ctx.match` comes from. */
export const matchedPattern: unique symbol = Symbol.for("sounder.matchedPattern")

/** A filter that carries a pattern: its handlers have `ctx.match`. */
export interface Patterned {
  readonly [matchedPattern]: RegExp
}

interface Marks {
  [matchedTypes]?: readonly UpdateType[]
  [matchedPattern]?: RegExp
}

/** Returns the update types that a filter can match; `undefined` for any type. */
export function typesOf(filter: Filter & Marks): readonly UpdateType[] | undefined {
  return filter[matchedTypes]
}

/** Returns the pattern of a filter. */
export function patternOf(filter: Filter & Marks): RegExp | undefined {
  return filter[matchedPattern]
}

/** Marks a filter with the update types it can match, for `allowedUpdates` and a faster lookup. */
export function matching<F extends Filter>(
  types: readonly UpdateType[] | undefined,
  filter: F & Marks,
): F {
  if (types) filter[matchedTypes] = types
  return filter
}

/** Marks a filter with a pattern. */
export function withPattern<F extends Filter>(pattern: RegExp, filter: F & Marks): F & Patterned {
  return Object.assign(filter, { [matchedPattern]: pattern })
}

/** Returns a filter of new messages from a test of the message. */
export function messageFilter<M = Message>(test: (message: Message) => boolean): MessageFilter<M> {
  // The test is the claim: a message that passes is an `M`.
  const filter = (update: Update): update is Update & { message: M } =>
    update.message !== undefined && test(update.message)
  return matching(["message"], filter)
}
