import { Conflict } from "../../telegram/errors.js"
import { type Check, fine, found } from "../check.js"
import { finding } from "../finding.js"
import type { Sight } from "../sight.js"

/**
 * Whether another program polls. Telegram answers the *older* of two long polls with 409, so one of
 * our own is cut off as soon as another program comes back. It confirms nothing.
 */
export const pollersCheck: Check = {
  name: "pollers",
  title: "Other pollers",
  needs: ["token"],
  spare: ({ given, info }) => {
    if (!given.bot) return "no token was given"
    if ((info?.url ?? "") !== "") return "nobody can poll while a webhook is set"
    return given.pollersMs > 0 ? undefined : "only with --pollers, as it interrupts who polls"
  },
  look: async (sight) => ({ otherPoller: await isInterrupted(sight) }),
  judge: ({ otherPoller, given }) => {
    if (otherPoller !== true) return fine(`none within ${given.pollersMs / 1000} s`)
    const words = {
      seen: "Another program asked for this bot's updates while the doctor did.",
      why: "Of two programs that poll with one token each gets a part of the updates, and both get 409 Conflict.",
      fix: "Is it your own bot, stop it and examine again. Is there still one, look for a second process, another machine, a container or a hosting service that runs it; when you cannot find it, /revoke the token with @BotFather.",
    }
    return found("another program polls", finding("other-poller", words))
  },
}

async function isInterrupted({ given }: Sight): Promise<boolean> {
  const end = performance.now() + given.pollersMs
  while (given.bot && performance.now() < end) {
    const left = Math.max(1, Math.round((end - performance.now()) / 1000))
    try {
      // Without an offset nothing is confirmed. What is pending ends the call at once.
      const updates = await given.bot.getUpdates({ timeout: left, limit: 1 })
      if (updates.length > 0) return false
    } catch (error) {
      if (error instanceof Conflict) return true
      return false
    }
  }
  return false
}
