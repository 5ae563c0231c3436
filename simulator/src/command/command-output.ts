/** The two streams that the command writes to. */
export interface CommandOutput {
  /** Writes a result. */
  print(text: string): void
  /** Writes an error. */
  complain(text: string): void
}
