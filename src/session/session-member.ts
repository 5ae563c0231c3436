import type { LoadedSession } from "./loaded-session.js"

/** An object with the data of a session: the values of an update, and each context with these values. */
interface Holder<Data extends object> {
  [key: symbol]: LoadedSession<Data>
}

/**
 * The member that shows the data of a session on contexts. All updates share its two functions, because an
 * accessor with functions of its own makes every context an object with a hidden class of its own.
 */
export class SessionMember<Data extends object> {
  readonly #name: string
  readonly #key: symbol
  readonly #accessor: PropertyDescriptor

  /** @param name the name of the member */
  constructor(name: string) {
    const key = Symbol(name)
    this.#name = name
    this.#key = key
    this.#accessor = {
      get(this: Holder<Data>) {
        return this[key]?.data
      },
      set(this: Holder<Data>, data: Data) {
        const loaded = this[key]
        if (loaded) loaded.data = data
      },
      enumerable: true,
      configurable: true,
    }
  }

  /** Returns an object whose only named member is the data. */
  valuesOf(loaded: LoadedSession<Data>): object {
    return Object.defineProperty({ [this.#key]: loaded }, this.#name, this.#accessor)
  }

  /** Returns the session of the values of {@link valuesOf}; `undefined` for other values. */
  loadedOf(values: object): LoadedSession<Data> | undefined {
    return (values as Holder<Data>)[this.#key]
  }
}
