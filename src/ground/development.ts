/**
 * Returns whether the program runs in development: if there are environment variables, and `NODE_ENV` is
 * neither `production` nor `test`. A runtime without environment variables, such as Workers, counts as
 * production.
 *
 * @see docs/decisions/0042-advice.md
 */
export function isDevelopment(): boolean {
  const { process } = globalThis as { process?: { env?: Record<string, string | undefined> } }
  if (!process?.env) return false
  const mode = process.env["NODE_ENV"]
  return mode !== "production" && mode !== "test"
}
