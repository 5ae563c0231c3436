/** The owner of a prefix of callback data. Handlers of one owner may share its prefix. */
export interface PrefixOwner {
  /** The text that no other owner may have, and that must not begin the text of another owner. */
  readonly text: string
}

/** The owners of the prefixes of a router and the routers mounted on it. */
export class PrefixClaims {
  readonly #owners = new Set<PrefixOwner>()
  readonly #byText = new Map<string, PrefixOwner>()
  /** The owners by each beginning of their texts. */
  readonly #byBeginning = new Map<string, Set<PrefixOwner>>()

  /** The owners. */
  get owners(): ReadonlySet<PrefixOwner> {
    return this.#owners
  }

  /**
   * Throws a `TypeError` if another owner has this text, a beginning of it, or a text that begins with it.
   */
  expectFree(owner: PrefixOwner): void {
    if (this.#owners.has(owner)) return
    const { text } = owner
    const [longer] = this.#byBeginning.get(text) ?? []
    const taken = this.#byText.get(text) ?? longer ?? this.#shorter(text)
    if (taken === undefined) return
    if (taken.text === text) {
      throw new TypeError(
        `Expected one definition of the callback data ${JSON.stringify(text)}, got two: define it once, and ` +
          "use the definition in all places.",
      )
    }
    throw new TypeError(
      `Expected callback data whose prefix does not begin with that of others, got ${JSON.stringify(text)} ` +
        `and ${JSON.stringify(taken.text)}: rename one of them.`,
    )
  }

  /** Adds an owner. Throws as {@link expectFree} does. */
  add(owner: PrefixOwner): void {
    this.expectFree(owner)
    if (this.#owners.has(owner)) return
    this.#owners.add(owner)
    this.#byText.set(owner.text, owner)
    for (const beginning of beginningsOf(owner.text)) {
      const owners = this.#byBeginning.get(beginning) ?? new Set()
      this.#byBeginning.set(beginning, owners.add(owner))
    }
  }

  #shorter(text: string): PrefixOwner | undefined {
    for (const beginning of beginningsOf(text)) {
      const owner = this.#byText.get(beginning)
      if (owner) return owner
    }
    return undefined
  }
}

/** Returns the beginnings of a text that are shorter than it. */
function beginningsOf(text: string): string[] {
  return Array.from({ length: text.length - 1 }, (_, index) => text.slice(0, index + 1))
}
