import { type Check, fine, found, type Verdict } from "../check.js"
import { finding } from "../finding.js"
import { exchange, type HttpOutcome } from "../probes/http-exchange.js"
import type { Sight } from "../sight.js"
import { opener, probeRequest } from "./probe-request.js"

const wrongSecret = "a-wrong-secret-of-sounder-doctor"

/** Whether the bot takes the secret, and nothing without it. */
export const secretCheck: Check = {
  name: "secret",
  title: "Secret",
  needs: ["answer"],
  spare: ({ answer }) => (answer ? undefined : "there was no answer"),
  look: async (sight) => ({
    anonymous: await exchange(
      opener(sight),
      probeRequest(sight, "POST", { secretToken: wrongSecret }),
      sight.given.timeoutMs,
    ),
  }),
  judge(sight) {
    const status = statusOf(sight.answer)
    const anonymous = statusOf(sight.anonymous)
    const isRefused = status === 401 || status === 403
    if (isRefused) return judgeRefused(status, sight)
    if (isGood(anonymous) && sight.given.secret?.isGuess === false) {
      return found("not asked for", notChecked(anonymous))
    }
    if (anonymous === 401 || anonymous === 403)
      return fine("the right one passes, a wrong one does not")
    return fine("it cannot be seen whether one is asked for")
  },
}

function judgeRefused(status: number, { given, head }: Sight): Verdict {
  const isForAll = status === 403 && head?.kind === "answered" && head.status === 403
  if (isForAll) return found("403 for everything from here", refusedHere())
  if (given.secret === undefined) return fine("one is asked for; --secret gives it")
  if (given.secret.isGuess) {
    return fine("another one than Sounder derives from the token is asked for; --secret gives it")
  }
  const words = {
    seen: `The bot answers ${status} to the secret that was given.`,
    why: "Telegram sends the secret of the registration with every update, and the bot refuses each.",
    fix: "Give both the same secret: `secretToken` of the bot and `secret_token` of setWebhook (`sounder webhook set URL --secret …`). See that the proxy hands the header X-Telegram-Bot-Api-Secret-Token on.",
  }
  return found(`${status} to the one that was given`, finding("wrong-secret", words))
}

function refusedHere() {
  return finding("refused-here", {
    seen: "Every request from this machine is answered with 403.",
    why: "If only Telegram's networks are let in, that is as it should be, and nothing more can be seen from here. If not, Telegram may be refused as well.",
    fix: "See in `sounder webhook info` whether Telegram gets through. Otherwise let 149.154.160.0/20 and 91.108.4.0/22 pass, without a challenge.",
  })
}

function notChecked(status: number) {
  return finding("secret-not-checked", {
    seen: `A request with a wrong secret is answered with ${status}.`,
    why: "Whoever finds the address can send updates in anybody's name.",
    fix: "Compare the header X-Telegram-Bot-Api-Secret-Token with the secret before anything else, and answer 401 where it differs.",
  })
}

function statusOf(outcome: HttpOutcome | undefined): number {
  return outcome?.kind === "answered" ? outcome.status : 0
}

function isGood(status: number): boolean {
  return status >= 200 && status < 300
}
