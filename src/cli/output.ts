/** The two streams that a command writes to. */
export interface Output {
  /** Writes a result. */
  print(text: string): void
  /** Writes an error. */
  complain(text: string): void
}
