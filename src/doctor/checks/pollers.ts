import { Conflict } from "../../telegram/errors.js"
import { type Check, passed, undecided, withFindings } from "../check.js"
import { finding } from "../finding.js"
import type { Evidence } from "../evidence.js"

/**
 * The check that no other program polls. The doctor starts a long poll without an offset, which acknowledges
 * no update. Telegram answers the *older* of two long polls with 409, so the doctor's poll ends with
 * 409 as soon as another program polls.
 */
export const pollersCheck: Check = {
  name: "pollers",
  title: "Other pollers",
  needs: ["token"],
  skipReason: ({ options, info }) => {
    if (!options.bot) return "no token was given"
    if ((info?.url ?? "") !== "") return "no program can poll while a webhook is set"
    return options.pollersMs > 0
      ? undefined
      : "only with --pollers, because it interrupts other pollers"
  },
  look: async (evidence) => ({ otherPoller: await lookForPoller(evidence) }),
  judge: ({ otherPoller, options }) => {
    if (otherPoller === undefined) return undecided(cannotWait)
    if (!otherPoller) return passed(`none within ${options.pollersMs / 1000} s`)
    const texts = {
      seen: "Another program polls with the token of this bot.",
      why: "If two programs poll with one token, each gets a part of the updates, and both get 409 Conflict.",
      fix: "If the other program is your own bot, stop it and run the doctor again. If a program still polls, look for a second process, another machine, a container or a hosting service that runs the bot. If you cannot find the program, /revoke the token with @BotFather.",
    }
    return withFindings("another program polls", finding("other-poller", texts))
  },
}

const cannotWait =
  "unknown: updates are pending at Telegram, and they end the doctor's poll at once"

/**
 * Resolves with true if another program's poll ends the doctor's poll, and with `undefined` if the doctor
 * cannot wait for it, because updates are pending or Telegram refuses the poll.
 */
async function lookForPoller({ options }: Evidence): Promise<boolean | undefined> {
  const deadline = performance.now() + options.pollersMs
  while (options.bot && performance.now() < deadline) {
    const remainingSeconds = Math.max(1, Math.round((deadline - performance.now()) / 1000))
    try {
      const updates = await options.bot.getUpdates({ timeout: remainingSeconds, limit: 1 })
      if (updates.length > 0) return undefined
    } catch (error) {
      return error instanceof Conflict ? true : undefined
    }
  }
  return false
}
