import { isError } from "../../ground/error-text.js"
import { HandlerError } from "../../telegram/errors.js"
import type { Handling } from "../context/handling.js"

/**
 * Returns the `HandlerError` of a thrown value: the value itself if it is a `HandlerError` of this update,
 * otherwise a new error with the value as its cause.
 */
export function asHandlerError(error: unknown, { update }: Handling): HandlerError {
  const isOwn = isError(error) && error instanceof HandlerError && error.update === update
  return isOwn ? error : new HandlerError(update, error)
}
