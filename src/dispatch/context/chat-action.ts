import type { CallOptions } from "../../bot/index.js"
import { sleep } from "../../ground/sleep.js"
import { ApiError } from "../../telegram/errors.js"
import { isError } from "../../ground/error-text.js"

/** Milliseconds between two calls. Telegram shows an action for 5 seconds. */
const repeatMs = 4_000

/**
 * Runs a function while a chat shows an action: sends the action at once and every 4 seconds, until the
 * function has ended or the signal aborts. Resolves or rejects with the function. An action that Telegram
 * refuses is not sent again, and its error does not fail the function.
 *
 * @param send sends the action once
 * @param signal ends the repetition
 */
export async function withChatAction<T>(
  send: (call: CallOptions) => Promise<unknown>,
  work: () => T | Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  const end = new AbortController()
  void repeat(send, AbortSignal.any([signal, end.signal]))
  try {
    return await work()
  } finally {
    // A call in flight must not arrive after the answer, or the chat would show the action again.
    end.abort()
  }
}

/** Sends an action until the signal aborts. Never rejects. */
async function repeat(
  send: (call: CallOptions) => Promise<unknown>,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    try {
      await send({ signal })
    } catch (error) {
      if (isError(error) && error instanceof ApiError && error.errorCode < 429) return
    }
    await sleep(repeatMs, signal).catch(() => undefined)
  }
}
