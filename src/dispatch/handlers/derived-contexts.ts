import { Context } from "../context/context.js"
import { derivedContext } from "../context/derived-context.js"
import type { Handling } from "../context/handling.js"
import type { PlacedDerivation } from "./derivation.js"
import type { DerivedScope, ErrorScope } from "./scope.js"

/** The contexts of one update with derived values, one for each scope. */
export class DerivedContexts {
  readonly #plain: Context
  readonly #handling: Handling
  /** The contexts by scope. A promise while a derivation runs. After a failure, the rejected promise stays. */
  readonly #contexts = new Map<DerivedScope, Context | Promise<Context>>()
  /** The values that several scopes share, by their {@link PlacedDerivation.shared}. */
  #shared: Map<object, object | Promise<object>> | undefined
  /** The scopes that have a `beforeDone` and a matching handler. */
  #matched: Set<DerivedScope> | undefined
  /** Functions that register the `beforeDone` of a scope, to be called when a handler of the scope matches. */
  #prepared: Map<DerivedScope, () => void> | undefined
  /** The values whose `beforeDone` is registered. */
  #registered: Set<object> | undefined
  /** The calls of `afterFailure`, by values. */
  #failureTasks: Map<object, () => void> | undefined
  /** The routers whose error handlers get an error of a `beforeDone`, by task. */
  #taskScopes: Map<() => unknown, readonly ErrorScope[]> | undefined

  /** @param plain the context without derived values */
  constructor(handling: Handling, plain: Context) {
    this.#handling = handling
    this.#plain = plain
  }

  /**
   * Returns the context of a scope. The first call runs the derivations of the scope and of the scopes around
   * it. The result is a promise if one of them is asynchronous, and a promise that rejects, in this call and
   * in all later ones, if one of them has failed. Never throws.
   */
  of(scope: DerivedScope): Context | Promise<Context> {
    const known = this.#contexts.get(scope)
    if (known) return known
    const context = this.#derive(scope)
    this.#contexts.set(scope, context)
    if (context instanceof Promise) {
      // The caller gets the rejection, too.
      context.then(
        (resolved) => this.#contexts.set(scope, resolved),
        () => undefined,
      )
    }
    return context
  }

  /**
   * Records that a handler of a scope has matched: registers the `beforeDone` of the scope and of the scopes
   * around it. A function of `route` that reads the values is not a match.
   */
  recordMatch(scope: DerivedScope): void {
    if (scope.outer) this.recordMatch(scope.outer)
    if (!scope.derivation.beforeDone || this.#matched?.has(scope)) return
    ;(this.#matched ??= new Set()).add(scope)
    this.#prepared?.get(scope)?.()
  }

  /**
   * Returns the context of a scope, or of the nearest scope around it whose values exist already; `undefined`
   * if there is none.
   */
  existing(scope: DerivedScope): Context | undefined {
    const context = this.#contexts.get(scope)
    if (context instanceof Context) return context
    return scope.outer && this.existing(scope.outer)
  }

  /** Returns the routers whose error handlers get an error of this `beforeDone` task, the innermost first. */
  scopesOfTask(task: () => unknown): readonly ErrorScope[] | undefined {
    return this.#taskScopes?.get(task)
  }

  /** Calls each `afterFailure` of the derived values. Throws the error of the first one that fails. */
  afterFailure(): void {
    for (const task of this.#failureTasks?.values() ?? []) this.#handling.writeAfterFailure(task)
  }

  #derive(scope: DerivedScope): Context | Promise<Context> {
    const outer = scope.outer ? this.of(scope.outer) : this.#plain
    if (!(outer instanceof Promise)) return this.#deriveIn(scope, outer)
    return outer.then((resolved) => {
      this.#handling.expectRunning()
      return this.#deriveIn(scope, resolved)
    })
  }

  #deriveIn(scope: DerivedScope, outer: Context): Context | Promise<Context> {
    const values = this.#valuesOf(scope, outer)
    if (!(values instanceof Promise)) return this.#create(scope, outer, values)
    return values.then((resolved) => this.#create(scope, outer, resolved))
  }

  #valuesOf({ derivation }: DerivedScope, outer: Context): object | Promise<object> {
    const { shared } = derivation
    if (!shared) return valuesFor(outer, derivation)
    const known = this.#shared?.get(shared)
    if (known) return known
    const values = valuesFor(outer, derivation)
    ;(this.#shared ??= new Map<object, object | Promise<object>>()).set(shared, values)
    return values
  }

  #create(scope: DerivedScope, outer: Context, values: object): Context {
    const context = derivedContext(outer, values)
    const { afterFailure } = scope.derivation
    if (afterFailure) {
      const task = () => afterFailure(context, values)
      ;(this.#failureTasks ??= new Map<object, () => void>()).set(values, task)
    }
    if (!scope.derivation.beforeDone) return context
    const add = () => this.#addTask(scope, context, values)
    if (this.#matched?.has(scope)) add()
    else (this.#prepared ??= new Map()).set(scope, add)
    return context
  }

  /** Registers the call of `beforeDone`, once for values that several scopes share. */
  #addTask({ derivation, errorScopes }: DerivedScope, ctx: Context, values: object): void {
    const { beforeDone } = derivation
    if (!beforeDone || this.#registered?.has(values)) return
    ;(this.#registered ??= new Set()).add(values)
    const task = () => beforeDone(ctx, values)
    this.#handling.beforeDone(task)
    ;(this.#taskScopes ??= new Map()).set(task, errorScopes)
  }
}

/** Returns the values of a derivation; a promise that rejects if it throws. */
function valuesFor(ctx: Context, { derive }: PlacedDerivation): object | Promise<object> {
  try {
    return derive(ctx)
  } catch (error) {
    return Promise.reject(error)
  }
}
