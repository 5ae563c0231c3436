/** Resolves with the reason of a signal when it aborts. */
export function reasonOf(signal: AbortSignal): Promise<unknown> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(signal.reason)
    else signal.addEventListener("abort", () => resolve(signal.reason))
  })
}

/** Rejects with the reason of a signal when it aborts. */
export async function rejectedBy(signal: AbortSignal): Promise<never> {
  throw await reasonOf(signal)
}
