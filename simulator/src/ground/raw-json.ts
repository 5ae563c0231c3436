/** A result that is already JSON text. */
export class RawJson {
  /** The JSON text, ASCII only. */
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}
