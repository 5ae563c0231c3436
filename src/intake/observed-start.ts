import { CallPlace, withoutOwnFrames } from "../ground/call-place.js"
import { errorStack, errorText } from "../ground/error-text.js"
import type { Logger } from "../ground/logger.js"
import { ObservedPromise } from "../ground/observed-promise.js"
import { SounderError } from "../telegram/errors.js"
import { shortenAtEnd } from "./short-end.js"

/**
 * Calls `start`, and returns its promise. If the promise rejects and the program does not await it, logs the error with
 * the line of the call, and sets the exit code of the process to 1. Node alone would end the process, and print the whole
 * error object. If the program awaits the promise and does not catch the error, Node prints the error's sentence and
 * place.
 *
 * @param name the name of the method that starts
 */
export function observedStart<T>(
  name: string,
  logger: Logger,
  start: () => Promise<T>,
): Promise<T> {
  const place = new CallPlace()
  const started = start()
  void started.then(undefined, (error: unknown) => {
    if (!(error instanceof SounderError)) return
    place.showIfUnplaced(error)
    shortenAtEnd(error)
  })
  return ObservedPromise.around(started, (error) => {
    const at = place.line === undefined ? "" : ` at ${place.line}`
    // Other errors are explained by their stacks.
    const text =
      error instanceof SounderError ? errorText(error) : withoutOwnFrames(errorStack(error))
    logger.error(`${name}${at} has failed: ${text}`)
    process.exitCode ||= 1
  })
}
