import { Context } from "../context/context.js"
import type { Handling } from "../context/handling.js"
import { DerivedContexts } from "./derived-contexts.js"
import type { PlacedRoute } from "./handler-plan.js"
import type { DerivedScope, ErrorScope } from "./scope.js"

/** The contexts of one update: one for handlers without derived values, and one for each derived scope. */
export class UpdateContexts {
  /** The context without derived values. */
  readonly plain: Context
  readonly #handling: Handling
  /** Created for the first handler with derived values, because most bots have none. */
  #derived: DerivedContexts | undefined
  /** The names of chosen routers; promises while they are being chosen. */
  #chosen: Map<PlacedRoute, string | undefined | Promise<string | undefined>> | undefined

  constructor(handling: Handling) {
    this.#handling = handling
    this.plain = new Context(handling)
  }

  /**
   * Returns the context of a scope. The first call derives its values, and the result is a promise if that
   * takes time or fails. Never throws.
   */
  of(scope: DerivedScope): Context | Promise<Context> {
    return this.#derivedContexts.of(scope)
  }

  /** Returns the context of a scope as {@link of} does, for a handler that has matched. */
  ofHandler(scope: DerivedScope): Context | Promise<Context> {
    const contexts = this.#derivedContexts
    contexts.recordMatch(scope)
    return contexts.of(scope)
  }

  /** Returns the context of a scope, or of the nearest scope around it whose values exist already. */
  existing(scope: DerivedScope | undefined): Context {
    return (scope && this.#derived?.existing(scope)) ?? this.plain
  }

  /** Returns the name of the router that gets the update, or a promise of it. */
  chosenName(route: PlacedRoute, ctx: Context): string | undefined | Promise<string | undefined> {
    const chosen = (this.#chosen ??= new Map())
    if (!chosen.has(route)) chosen.set(route, route.choose(ctx))
    return chosen.get(route)
  }

  /** Returns the routers whose error handlers get an error of this `beforeDone` task, the innermost first. */
  scopesOfTask(task: () => unknown): readonly ErrorScope[] | undefined {
    return this.#derived?.scopesOfTask(task)
  }

  /** Calls each `afterFailure` of the derived values. Throws the error of the first one that fails. */
  afterFailure(): void {
    this.#derived?.afterFailure()
  }

  get #derivedContexts(): DerivedContexts {
    return (this.#derived ??= new DerivedContexts(this.#handling, this.plain))
  }
}
