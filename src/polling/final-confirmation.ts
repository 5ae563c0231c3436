import { errorText } from "../ground/error-text.js"
import type { PollLoop } from "./poll-loop.js"
import type { PollingSettings } from "./polling-options.js"

/** Within this time of a call with the same offset Telegram keeps an empty answer back. */
const keptBackMs = 3000

/**
 * The last call of polling: tells Telegram to forget what was handled since the last answer, and
 * nothing else. Makes no call where there is nothing to tell. Never rejects: what could not be
 * confirmed comes again, and that is logged.
 *
 * The one update that may come as the answer is not confirmed by this call, and ignored.
 */
export async function confirmFinally(loop: PollLoop, settings: PollingSettings): Promise<void> {
  const offset = loop.releaseOffset()
  if (offset === undefined) return
  const { bot, answerWithinMs: timeoutMs, logger } = settings
  const fetch = (from: number) =>
    bot.call("getUpdates", { offset: from, limit: 1, timeout: 0 }, { timeoutMs })
  try {
    // A lower offset confirms nothing, and the next call is then answered without delay.
    if (loop.offsetWithin(keptBackMs) === offset && offset > 1) await fetch(offset - 1)
    await fetch(offset)
  } catch (error) {
    const reason = errorText(error)
    logger.warn(`The last updates could not be confirmed and will come again: ${reason}`)
  }
}
