/** Where the command writes. */
export interface CommandOutput {
  /** Writes what was asked for. */
  print(text: string): void
  /** Writes what went wrong. */
  complain(text: string): void
}
