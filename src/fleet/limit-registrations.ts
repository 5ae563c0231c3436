import type { BotOptions, CallHook } from "../bot/index.js"
import { Semaphore } from "./semaphore.js"

/** The number of bots that may call `setWebhook` at the same time. */
const maxConcurrentRegistrations = 8

/**
 * Returns bot options that limit concurrent calls of `setWebhook`: all bots of a fleet call it when the
 * certificate that they share is replaced. The pause before a retry does not count as a call, so a bot
 * that waits for its retry does not block the other bots.
 */
export function limitRegistrations(options: BotOptions): BotOptions {
  const semaphore = new Semaphore(maxConcurrentRegistrations)
  const { onCall: originalHook = (call, next) => next(call) } = options
  const onCall: CallHook = (call, next) => {
    if (call.method !== "setWebhook") return originalHook(call, next)
    return semaphore.run(() => originalHook(call, next), call.signal)
  }
  return { ...options, onCall }
}
