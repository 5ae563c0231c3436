/**
 * Returns whether the program is being written rather than run for people: unless `NODE_ENV` is
 * `production` or `test`. Where a runtime has no environment, as on Workers, it runs for people.
 *
 * @see docs/decisions/0042-advice.md
 */
export function isDevelopment(): boolean {
  const { process } = globalThis as { process?: { env?: Record<string, string | undefined> } }
  if (!process?.env) return false
  const mode = process.env["NODE_ENV"]
  return mode !== "production" && mode !== "test"
}
