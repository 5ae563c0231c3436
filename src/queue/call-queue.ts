import { isThenable } from "../ground/thenable.js"

/**
 * Calls a method of a queue and returns its promise. A queue class of the user may throw
 * synchronously, or return no promise. In both cases the returned promise rejects, so that an update
 * whose `put` returned nothing is never acknowledged.
 */
export function callQueue<T>(name: string, call: () => Promise<T>): Promise<T> {
  try {
    const returned: unknown = call()
    if (returned instanceof Promise) return returned as Promise<T>
    if (isThenable(returned)) return Promise.resolve(returned) as Promise<T>
  } catch (error) {
    return Promise.reject(error)
  }
  return Promise.reject(new TypeError(`The queue's ${name}() returned no promise`))
}
