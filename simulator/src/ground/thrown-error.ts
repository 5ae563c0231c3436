/** Returns the message of a thrown error; of any other value, its text. */
export function errorMessage(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown)
}

/** Returns the code of an error, such as `ENOENT`; an empty text for an error without a code. */
export function errorCode(thrown: unknown): string {
  return thrown instanceof Error && "code" in thrown ? String(thrown.code) : ""
}
