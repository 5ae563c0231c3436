import { onAbort } from "./abort-listeners.js"

/** Resolves when a signal aborts; at once if the signal has already aborted. */
export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else onAbort(signal, resolve)
  })
}
