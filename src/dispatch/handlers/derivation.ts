import { CallPlace } from "../../ground/call-place.js"
import { describeValue, unexpectedOption } from "../../ground/expect-option.js"
import { isThenable } from "../../ground/thenable.js"
import {
  type CommandContext,
  Context,
  type MatchContext,
  type OwnContext,
} from "../context/context.js"

/** The names that derived values cannot have: the names of members of contexts, promises and iterables. */
type TakenName =
  | keyof Context
  | keyof CommandContext
  | keyof MatchContext
  | keyof OwnContext
  | "then"
  | typeof Symbol.iterator

/**
 * A constraint on derived values: no value has the name of a member that every context has, because the value
 * would hide that member.
 */
export type FreeNames = { readonly [K in TakenName]?: never }

/**
 * A function for {@link Router.derive}: returns the values of the new router, or a promise of them, as a plain
 * object. The function gets a context with the values `X` of the routers around the new router.
 */
export type DeriveFunction<Y extends object, X extends object = {}> = (
  ctx: Context & X,
) => Y | Promise<Y>

/**
 * A source of the values `Y` of a router: a function, or an object that also has methods for the end of the
 * update.
 */
export type Derivation<Y extends object, X extends object = {}> =
  | DeriveFunction<Y, X>
  | Deriver<Y, X>

/**
 * A source of values with methods for the end of the update, for example to store changed values.
 * Routers that are given the same object share its values: `derive` is called once for each update, with the
 * context of the first of these routers that has a matching handler.
 */
export interface Deriver<Y extends object, X extends object = {}> {
  /** Returns the values, or a promise of them, as a plain object. */
  readonly derive: DeriveFunction<Y, X>
  /**
   * Called when all handlers of the update have succeeded, before the update is marked as done: stores
   * changed values, for example. Not called if only the function `choose` of a {@link Router.route} has used
   * the values. An error fails the update, as if a handler of the router had thrown the error.
   *
   * @param ctx the context of the router's handlers
   * @param values the object that `derive` returned
   */
  beforeDone?(ctx: Context & X & Y, values: Y): unknown
  /**
   * Called after each failure of the update, time-outs included, when the changes of the handlers have been
   * undone, and before the error handlers are called. Synchronous writes of this method to `ctx.state` are committed if
   * the failed update is done, and not retried or set aside. An error is logged.
   *
   * @param ctx the context of the router's handlers
   * @param values the object that `derive` returned
   */
  afterFailure?(ctx: Context & X & Y, values: Y): void
}

/** A derivation in the form that a router stores. */
export interface PlacedDerivation {
  /**
   * Returns the values for one update, or a promise of them.
   *
   * @throws TypeError unless the values are a plain object without names of the context
   */
  readonly derive: (ctx: Context) => object | Promise<object>
  readonly beforeDone: ((ctx: Context, values: object) => unknown) | undefined
  readonly afterFailure: ((ctx: Context, values: object) => void) | undefined
  /**
   * The object whose values are shared by all routers that derive this object; `undefined` for values of one
   * router.
   */
  readonly shared: object | undefined
}

/**
 * Returns the derivation of a function or a {@link Deriver}.
 *
 * @throws TypeError for any other value
 */
export function placedDerivation(given: unknown): PlacedDerivation {
  const place = new CallPlace()
  const check = (values: unknown) => expectValues(values, "derive", place)
  const { derive, beforeDone, afterFailure } = expectDeriver(given)
  return {
    derive: (ctx) => {
      const values = derive.call(given, ctx)
      return isThenable(values) ? Promise.resolve(values).then(check) : check(values)
    },
    beforeDone: beforeDone && ((ctx, values) => beforeDone.call(given, ctx, values)),
    afterFailure: afterFailure && ((ctx, values) => afterFailure.call(given, ctx, values)),
    shared: typeof given === "object" ? (given ?? undefined) : undefined,
  }
}

/**
 * Returns the derivation of constants.
 *
 * @throws TypeError unless the constants are a plain object without names of the context
 */
export function placedConstants(constants: unknown): PlacedDerivation {
  const values = expectValues(constants, "decorate", new CallPlace())
  return { derive: () => values, beforeDone: undefined, afterFailure: undefined, shared: undefined }
}

function expectDeriver(
  given: unknown,
): Pick<Deriver<object>, "derive" | "beforeDone" | "afterFailure"> {
  // The typed parameter of `derive` guarantees that the function takes a context.
  if (typeof given === "function") return { derive: given as Deriver<object>["derive"] }
  if (!isDeriver(given)) {
    unexpectedOption("derivation", "a function, or an object with a method `derive`", given)
  }
  for (const name of ["beforeDone", "afterFailure"] as const) {
    const method: unknown = given[name]
    if (method !== undefined && typeof method !== "function") {
      unexpectedOption(name, "a function", method)
    }
  }
  return given
}

/**
 * Returns derived values.
 *
 * @throws TypeError unless the values are a plain object without names of the context; the message names the
 *   line that registered the derivation
 */
function expectValues(values: unknown, method: "derive" | "decorate", place: CallPlace): object {
  if (!isPlainObject(values)) {
    throw new TypeError(
      `Expected a plain object from ${sourceOf(method, place)}, got ${kindOf(values)}: give each value a name, as in \`{ user }\`.`,
    )
  }
  const taken = Reflect.ownKeys(values).find(isReserved)
  if (taken === undefined) return values
  throw new TypeError(
    `Expected new names from ${sourceOf(method, place)}, got \`${String(taken)}\`, which every context has: choose another name.`,
  )
}

/** Returns whether a name cannot be given to a value. */
function isReserved(name: PropertyKey): boolean {
  // A context with `then` would be a promise to every `await`.
  return name in Context.prototype || name === "then"
}

function sourceOf(method: "derive" | "decorate", { line }: CallPlace): string {
  return `\`${method}\`${line === undefined ? "" : ` at ${line}`}`
}

function isDeriver(given: unknown): given is Deriver<object> {
  if (typeof given !== "object" || given === null) return false
  return "derive" in given && typeof given.derive === "function"
}

/** Returns the class of an instance, or the text of another value, for the message of an error. */
function kindOf(value: unknown): string {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return describeValue(value)
  }
  return `an instance of ${value.constructor.name}`
}

/** Returns whether a value is an object whose members are all its own, so that a copy of them is complete. */
function isPlainObject(value: unknown): value is object {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || Object.getPrototypeOf(prototype) === null
}
