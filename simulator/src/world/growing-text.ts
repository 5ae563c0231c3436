const maxTail = 64

/**
 * A text that a parser appends to. Reading its end takes time in proportion to that end, and not to the text, which a
 * string would copy each time.
 */
export class GrowingText {
  readonly #parts: string[] = []
  #tail = ""
  #partsLength = 0

  /** The length in UTF-16 code units. */
  get length(): number {
    return this.#partsLength + this.#tail.length
  }

  /** Appends a text. */
  add(text: string): void {
    if (this.#tail.length > maxTail) this.#push()
    this.#tail += text
  }

  /** Returns the text from an offset to the end. */
  from(offset: number): string {
    if (offset < this.#partsLength) this.#joinFrom(offset)
    return this.#tail.slice(offset - this.#partsLength)
  }

  // The tail becomes the parts that contain the end of the text.
  #joinFrom(offset: number): void {
    const joined = [this.#tail]
    while (this.#partsLength > offset) {
      const part = this.#parts.pop() ?? ""
      this.#partsLength -= part.length
      joined.push(part)
    }
    this.#tail = joined.toReversed().join("")
  }

  #push(): void {
    this.#parts.push(this.#tail)
    this.#partsLength += this.#tail.length
    this.#tail = ""
  }

  toString(): string {
    return this.#parts.join("") + this.#tail
  }
}
