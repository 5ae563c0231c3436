import type { BotOptions, CallHook } from "../bot/index.js"
import { Gate } from "./gate.js"

/** How many bots register their webhook at a time. */
const registrationsAtOnce = 8

/**
 * Options for the bots of a fleet that have `setWebhook` called for a few of them at a time: all want
 * to when the certificate that they share is replaced. A bot that waits to try again is in nobody's
 * way.
 */
export function fewRegistrations(options: BotOptions): BotOptions {
  const gate = new Gate(registrationsAtOnce)
  const { onCall: inner = (call, next) => next(call) } = options
  const onCall: CallHook = (call, next) => {
    if (call.method !== "setWebhook") return inner(call, next)
    return gate.pass(() => inner(call, next), call.signal)
  }
  return { ...options, onCall }
}
