import { isError } from "../../ground/error-text.js"
import { HandlerError } from "../../telegram/errors.js"
import type { Handling } from "../context/handling.js"

/** Returns a thrown value as an error of the update: a new one, unless it is such an error already. */
export function asHandlerError(error: unknown, { update }: Handling): HandlerError {
  const isOwn = isError(error) && error instanceof HandlerError && error.update === update
  return isOwn ? error : new HandlerError(update, error)
}
