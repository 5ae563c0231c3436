import { expectInteger, expectOptionsObject } from "../ground/expect-option.js"

/** The options of a list of a queue's contents. */
export interface ListOptions {
  /** The maximum number of entries to return. Default: 100. */
  readonly limit?: number
}

/**
 * Returns the maximum number of entries of a list. Throws a `TypeError` for wrong options.
 *
 * @param example the call with its options, as in `setAside({ limit })`
 */
export function expectLimit(options: ListOptions, example: string): number {
  expectOptionsObject(options, example, { limit: true })
  return expectInteger("limit", options.limit ?? 100, 1, Number.MAX_SAFE_INTEGER)
}
