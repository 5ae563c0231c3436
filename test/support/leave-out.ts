/** The part of a test's context that skips the test. */
export interface Skippable {
  /** Ends the test here, with a reason that the run reports. */
  skip(reason?: string): never
}

/** Skips a test with a reason. Throws instead if `CI` is set. */
export function leaveOut(
  reason: string,
  context: Skippable,
  environment: NodeJS.ProcessEnv = process.env,
): never {
  if (isCi(environment)) throw new Error(`With CI set, ${reason}`)
  return context.skip(reason)
}

/** Returns true if nothing may be left out: `CI` is set. */
export function isCi({ CI }: NodeJS.ProcessEnv): boolean {
  return CI !== undefined && CI !== "" && CI !== "false"
}
