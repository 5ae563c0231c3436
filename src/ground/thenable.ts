/** Returns whether a value is a promise, or another object that `await` waits for. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && "then" in value
}
