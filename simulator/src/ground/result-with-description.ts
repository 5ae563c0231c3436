/** A result with the field `description` next to it. */
export class ResultWithDescription {
  readonly result: unknown
  readonly description: string

  constructor(result: unknown, description: string) {
    this.result = result
    this.description = description
  }
}
