/** A result that is JSON already. */
export class RawJson {
  /** The JSON, ASCII only. */
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}
