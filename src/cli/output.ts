/** Where a command writes. */
export interface Output {
  /** What was asked for. */
  print(text: string): void
  /** What went wrong. */
  complain(text: string): void
}
