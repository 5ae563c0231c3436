/**
 * Returns whether the program runs in development: if there are environment variables, and `NODE_ENV` is
 * neither `production` nor `test`. A runtime without environment variables, such as Cloudflare Workers, counts as
 * production.
 *
 * @see docs/decisions/0042-advice.md
 */
export function isDevelopment(): boolean {
  const variables = environment()
  if (!variables) return false
  const mode = variables["NODE_ENV"]
  return mode !== "production" && mode !== "test"
}

/** Returns whether a test runner runs the program: if `NODE_ENV` is `test`. */
export function isTest(): boolean {
  return environment()?.["NODE_ENV"] === "test"
}

function environment(): Record<string, string | undefined> | undefined {
  const { process } = globalThis as { process?: { env?: Record<string, string | undefined> } }
  return process?.env
}
