import { type BotCall, botCall, botCalled } from "./bot-events.js"

/** Returns whether a channel of calls has subscribers. */
export function isCallWatched(): boolean {
  return botCall.hasSubscribers || botCalled.hasSubscribers
}

/** Makes a call, and publishes it on `sounder:bot:call` and `sounder:bot:called`. */
export async function announceCall<T>(
  call: Omit<BotCall, "around">,
  make: () => Promise<T>,
): Promise<T> {
  const startedAt = performance.now()
  const event: BotCall = { ...call, around: (run) => run() }
  const publishEnd = (outcome: { readonly result: unknown } | { readonly error: unknown }) => {
    const durationMs = performance.now() - startedAt
    botCalled.publish(Object.assign(event, { durationMs, ...outcome }))
  }
  botCall.publish(event)
  try {
    const result = await event.around(make)
    publishEnd({ result })
    return result
  } catch (error) {
    publishEnd({ error })
    throw error
  }
}
