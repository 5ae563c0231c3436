import type { Context } from "../context/context.js"
import type { ChooseRouter } from "./handler.js"
import { asHandler } from "./handler-arguments.js"
import { filterEntry, type HandlerEntry } from "./handler-entry.js"
import { expectHandlerOptions } from "./handler-options.js"
import { prefixKey } from "./press-key.js"
import type { PrefixOwner } from "./prefix-claims.js"

/** The key of the members of a {@link PressSource} that the dispatcher uses. */
export const pressReader: unique symbol = Symbol("sounder.pressReader")

/** A kind of presses with typed data, as `callbackData` of `sounder/keyboard` returns it. */
export interface PressSource<out Data> {
  /** For the dispatcher only. */
  readonly [pressReader]: PressReader<Data>
}

/** The functions that read the data of presses. */
export interface PressReader<out Data> {
  /** The prefix of the data. */
  readonly prefix: string
  /** The owner of the prefix. */
  readonly owner: PrefixOwner
  /** Returns whether the press has data of this source, or a promise of that. */
  readonly accepts: (ctx: Context) => boolean | Promise<boolean>
  /** Returns the data of a press that `accepts` has accepted. */
  readonly dataOf: (ctx: Context) => Data
}

/** The value on the context of the handlers of a {@link PressSource}. */
export interface PressData<Data> {
  /** The data of the pressed button. */
  readonly data: Data
}

/** Returns the reader of a source; `undefined` for any other value. */
export function readerOf(source: unknown): PressReader<unknown> | undefined {
  const isObject = (typeof source === "object" && source !== null) || typeof source === "function"
  if (!isObject || !(pressReader in source)) return undefined
  // Only sources have this key.
  return source[pressReader] as PressReader<unknown>
}

/** Returns a function for `route` that chooses the router of a name for the presses that a reader accepts. */
export function accepting(accepts: PressReader<unknown>["accepts"], name: string): ChooseRouter {
  const nameIf = (isAccepted: boolean) => (isAccepted ? name : undefined)
  return (ctx) => {
    const isAccepted = accepts(ctx)
    return isAccepted instanceof Promise ? isAccepted.then(nameIf) : nameIf(isAccepted)
  }
}

/**
 * Returns the entry of a handler of the presses of a reader.
 *
 * @param args the arguments of the registration: the source, the handler and its options
 */
export function pressEntry(
  { prefix, owner }: PressReader<unknown>,
  [, handler, options]: readonly unknown[],
): HandlerEntry {
  const entry = filterEntry(undefined, asHandler(handler))
  const keys = [prefixKey(prefix)]
  return { ...entry, types: ["callback_query"], keys, owner, ...expectHandlerOptions(options) }
}
