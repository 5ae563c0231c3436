import { ApiError } from "../../telegram/errors.js"

/** Returns whether an error says that Telegram no longer accepts the answer to a query, or has one already. */
export function isQueryTooOld(error: unknown): boolean {
  if (!(error instanceof ApiError) || error.errorCode !== 400) return false
  return saysTooOld(error.description)
}

/** Returns whether Telegram's description of an error says that it no longer accepts the answer to a query. */
export function saysTooOld(description: string): boolean {
  return /query is too old|query ID is invalid|QUERY_ID_INVALID/i.test(description)
}
