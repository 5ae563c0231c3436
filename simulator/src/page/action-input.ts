/** The fields of an action: untrusted JSON from the page. */
export class ActionInput {
  readonly #fields: Readonly<Record<string, unknown>>

  constructor(value: unknown) {
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value)
    if (!isObject) throw new TypeError("Expected a JSON object")
    // Each getter checks its field.
    this.#fields = value as Record<string, unknown>
  }

  /** Returns whether a field is present. */
  has(name: string): boolean {
    return Object.hasOwn(this.#fields, name) && this.#fields[name] !== undefined
  }

  /** Returns a text that is not empty. */
  text(name: string): string {
    const value = this.#own(name)
    if (typeof value === "string" && value !== "") return value
    throw new TypeError(`Expected \`${name}\` to be a string`)
  }

  /** Returns a text; `undefined` if the field is missing. */
  optionalText(name: string): string | undefined {
    return this.#own(name) === "" || !this.has(name) ? undefined : this.text(name)
  }

  /** Returns an integer. */
  integer(name: string): number {
    const value = this.#own(name)
    if (typeof value === "number" && Number.isSafeInteger(value)) return value
    throw new TypeError(`Expected \`${name}\` to be an integer`)
  }

  /** Returns a number, which may be a fraction. */
  number(name: string): number {
    const value = this.#own(name)
    if (typeof value === "number" && Number.isFinite(value)) return value
    throw new TypeError(`Expected \`${name}\` to be a number`)
  }

  /** Returns a list of integers. */
  integers(name: string): number[] {
    const value = this.#own(name)
    if (Array.isArray(value) && value.every((each) => Number.isSafeInteger(each))) return value
    throw new TypeError(`Expected \`${name}\` to be a list of integers`)
  }

  /** Returns bytes that were sent as base64. */
  bytes(name: string): Buffer {
    return Buffer.from(this.text(name), "base64")
  }

  /** Objects, each with fields of its own. */
  objects(name: string): ActionInput[] {
    const value = this.#own(name)
    if (Array.isArray(value)) return value.map((each) => new ActionInput(each))
    throw new TypeError(`Expected \`${name}\` to be a list`)
  }

  #own(name: string): unknown {
    return Object.hasOwn(this.#fields, name) ? this.#fields[name] : undefined
  }
}
