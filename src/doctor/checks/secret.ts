import { telegramNetworksText } from "../../telegram/network-facts.js"
import { type Check, fine, found, type Verdict } from "../check.js"
import { finding } from "../finding.js"
import { exchange, type HttpOutcome } from "../probes/http-exchange.js"
import type { Sight } from "../sight.js"
import { isOfSounder, opener, probeRequest } from "./probe-request.js"

/** Whether the bot takes the secret, and nothing without it. */
export const secretCheck: Check = {
  name: "secret",
  title: "Secret",
  needs: ["answer"],
  spare: ({ answer }) => (answer ? undefined : "there was no answer"),
  async look(sight) {
    const { secret, timeoutMs } = sight.given
    // Of other bots a guess would be a stranger's knock at a door that may open.
    const isAsked = secret !== undefined && (isOfSounder(sight) || !secret.isGuess)
    if (!isAsked || !isRefusal(statusOf(sight.answer))) return {}
    const request = probeRequest(sight, "POST", { secretToken: secret.token })
    return { withSecret: await exchange(opener(sight), request, timeoutMs) }
  },
  judge(sight, before) {
    const { answer, withSecret, given } = sight
    if (before.some(({ code }) => code === "refused-here" || code === "web-page")) {
      return fine("it cannot be seen whether one is asked for")
    }
    const status = statusOf(answer)
    if (isRefusal(status)) return withSecret ? judgeRight(withSecret, sight) : judgeUnknown(sight)
    if (status >= 200 && status < 300 && given.secret?.isGuess === false) {
      return found("not asked for", notChecked(status))
    }
    return fine("it cannot be seen whether one is asked for")
  },
}

/** The secret was tried. */
function judgeRight(withSecret: HttpOutcome, sight: Sight): Verdict {
  const status = statusOf(withSecret)
  if (!isRefusal(status)) return fine("the right one passes, a wrong one does not")
  if (isRefusedAnyway(sight)) return found("403 for everything from here", refusedHere())
  if (sight.given.secret?.isGuess !== false) {
    return fine("another one than Sounder derives from the token is asked for; --secret gives it")
  }
  const words = {
    seen: `The bot answers ${status} to the secret that was given.`,
    why: "Telegram sends the secret of the registration with every update, and the bot refuses each.",
    fix: "Give both the same secret: `secretToken` of the bot and `secret_token` of setWebhook (`sounder webhook set URL --secret …`). See that the proxy hands the header X-Telegram-Bot-Api-Secret-Token on.",
  }
  return found(`${status} to the one that was given`, finding("wrong-secret", words))
}

function judgeUnknown(sight: Sight): Verdict {
  if (isRefusedAnyway(sight)) return found("403 for everything from here", refusedHere())
  return fine("one is asked for; --secret gives it")
}

/** Whether even a HEAD, which needs no secret, is refused. */
function isRefusedAnyway({ answer, head }: Sight): boolean {
  return statusOf(answer) === 403 && statusOf(head) === 403
}

function refusedHere() {
  return finding("refused-here", {
    seen: "Every request from this machine is answered with 403.",
    why: "If only Telegram's networks are let in, that is as it should be, and nothing more can be seen from here. If not, Telegram may be refused as well.",
    fix: `See in \`sounder webhook info\` whether Telegram gets through. Otherwise let ${telegramNetworksText} pass, without a challenge.`,
  })
}

function notChecked(status: number) {
  return finding("secret-not-checked", {
    seen: `A request with a wrong secret is answered with ${status}.`,
    why: "Whoever finds the address can send updates in anybody's name.",
    fix: "Compare the header X-Telegram-Bot-Api-Secret-Token with the secret before anything else, and answer 401 where it differs.",
  })
}

function isRefusal(status: number): boolean {
  return status === 401 || status === 403
}

function statusOf(outcome: HttpOutcome | undefined): number {
  return outcome?.kind === "answered" ? outcome.status : 0
}
