/** The code of an error of the operating system, such as `ENOENT`; empty where it has none. */
export function systemErrorCode(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : ""
}
