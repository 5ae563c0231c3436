/** A result with a description beside it. */
export class ResultWithDescription {
  readonly result: unknown
  readonly description: string

  constructor(result: unknown, description: string) {
    this.result = result
    this.description = description
  }
}
