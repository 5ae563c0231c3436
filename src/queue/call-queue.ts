/**
 * Calls a method of a queue. A queue of the program's own may throw at once, or return no promise:
 * either is a rejection here, and an update whose `put` returned nothing is not acknowledged.
 *
 * @param name the name of the method, for the error
 */
export function callQueue<T>(name: string, call: () => Promise<T>): Promise<T> {
  try {
    const answer: unknown = call()
    if (answer instanceof Promise) return answer as Promise<T>
    if (isThenable(answer)) return Promise.resolve(answer) as Promise<T>
  } catch (error) {
    return Promise.reject(error)
  }
  return Promise.reject(new TypeError(`The queue's ${name}() returned no promise`))
}

function isThenable(value: unknown): boolean {
  return typeof value === "object" && value !== null && "then" in value
}
