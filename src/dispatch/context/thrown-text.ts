/** What an error says; never throws. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : thrownText(error)
}

/** What was thrown, with its stack where it has one; never throws. */
export function thrownText(thrown: unknown): string {
  if (thrown instanceof Error) return thrown.stack ?? thrown.message
  try {
    return String(thrown)
  } catch {
    return "something that is not an error"
  }
}
