/** The fields of an action: JSON from the page, which is not trusted. */
export class ActionInput {
  readonly #fields: Readonly<Record<string, unknown>>

  constructor(value: unknown) {
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value)
    if (!isObject) throw new TypeError("Expected a JSON object")
    // Each field is checked when it is read.
    this.#fields = value as Record<string, unknown>
  }

  /** Whether a field is there. */
  has(name: string): boolean {
    return Object.hasOwn(this.#fields, name) && this.#fields[name] !== undefined
  }

  /** A text that is not empty. */
  text(name: string): string {
    const value = this.#own(name)
    if (typeof value === "string" && value !== "") return value
    throw new TypeError(`Expected \`${name}\` to be a text`)
  }

  /** A text, where there is one. */
  optionalText(name: string): string | undefined {
    return this.#own(name) === "" || !this.has(name) ? undefined : this.text(name)
  }

  /** An integer. */
  integer(name: string): number {
    const value = this.#own(name)
    if (typeof value === "number" && Number.isSafeInteger(value)) return value
    throw new TypeError(`Expected \`${name}\` to be an integer`)
  }

  /** Integers. */
  integers(name: string): number[] {
    const value = this.#own(name)
    if (Array.isArray(value) && value.every((each) => Number.isSafeInteger(each))) return value
    throw new TypeError(`Expected \`${name}\` to be integers`)
  }

  /** Bytes, sent as base64. */
  bytes(name: string): Buffer {
    return Buffer.from(this.text(name), "base64")
  }

  #own(name: string): unknown {
    return Object.hasOwn(this.#fields, name) ? this.#fields[name] : undefined
  }
}
