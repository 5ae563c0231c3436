import { errorText } from "../ground/error-text.js"
import type { PollLoop } from "./poll-loop.js"
import type { PollingSettings } from "./polling-options.js"

/** Telegram delays an empty answer if a call with the same offset was made less than this time ago. */
const repeatDelayMs = 3000

/**
 * Makes the last call of polling, which acknowledges the updates whose `put` has resolved since the previous
 * call. Makes no call if there are no such updates. Never rejects: a failure is logged, and Telegram sends
 * these updates again.
 *
 * The answer may contain one update, which is ignored: the call acknowledges only updates before its
 * offset, and Telegram sends the ignored update again.
 */
export async function acknowledgeFinally(loop: PollLoop, settings: PollingSettings): Promise<void> {
  const offset = loop.unsentOffset()
  if (offset === undefined) return
  const { bot, answerWithinMs: timeoutMs, logger } = settings
  const getUpdates = (from: number) =>
    bot.call("getUpdates", { offset: from, limit: 1, timeout: 0 }, { timeoutMs })
  try {
    // A call with another offset in between avoids the delay. A lower offset acknowledges nothing.
    if (loop.recentOffset(repeatDelayMs) === offset && offset > 1) await getUpdates(offset - 1)
    await getUpdates(offset)
  } catch (error) {
    const reason = errorText(error)
    logger.warn(`Could not acknowledge the last updates, which Telegram sends again: ${reason}`)
  }
}
