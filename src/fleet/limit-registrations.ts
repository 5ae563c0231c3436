import type { BotOptions, CallHook } from "../bot/index.js"
import { Semaphore } from "./semaphore.js"

/** How many bots register their webhook at a time. */
const registrationsAtOnce = 8

/**
 * Returns options for the bots of a fleet with which `setWebhook` is called for a few of them at a time:
 * all call it when the certificate that they share is replaced. A bot that waits before it tries again
 * holds up no other.
 */
export function limitRegistrations(options: BotOptions): BotOptions {
  const semaphore = new Semaphore(registrationsAtOnce)
  const { onCall: inner = (call, next) => next(call) } = options
  const onCall: CallHook = (call, next) => {
    if (call.method !== "setWebhook") return inner(call, next)
    return semaphore.pass(() => inner(call, next), call.signal)
  }
  return { ...options, onCall }
}
