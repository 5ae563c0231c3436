import type { PlacedDerivation } from "./derivation.js"
import type { ErrorHandler } from "./handler.js"

/** The part of a router that the report of an error uses. */
export interface ErrorScope {
  readonly errorHandlers: ReadonlySet<ErrorHandler>
  /** The scope whose context the error handlers get; absent for a context without derived values. */
  readonly derived?: DerivedScope | undefined
}

/** A router of `derive` or `decorate` at the place where it is mounted. Its handlers share a context. */
export class DerivedScope {
  readonly derivation: PlacedDerivation
  /** The scope around this one; `undefined` for none. */
  readonly outer: DerivedScope | undefined
  /** The router and the routers around it, the innermost first. */
  readonly errorScopes: readonly ErrorScope[]

  constructor(
    derivation: PlacedDerivation,
    { errorHandlers }: ErrorScope,
    [around, ...further]: readonly ErrorScope[],
  ) {
    this.derivation = derivation
    this.outer = around?.derived
    const own: ErrorScope = { errorHandlers, derived: this }
    this.errorScopes = around ? [own, around, ...further] : [own]
  }
}
