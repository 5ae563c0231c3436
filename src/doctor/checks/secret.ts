import { telegramNetworksText } from "../../telegram/network-facts.js"
import { type Check, passed, withFindings, type Verdict } from "../check.js"
import { finding } from "../finding.js"
import { exchange, type HttpOutcome, statusOf } from "../probes/http-exchange.js"
import type { Evidence } from "../evidence.js"
import { isOfSounder, opener, probeRequest } from "./probe-request.js"

/** The check that the bot accepts its secret, and refuses requests without it. */
export const secretCheck: Check = {
  name: "secret",
  title: "Secret",
  needs: ["answer"],
  skipReason: ({ answer }) => (answer ? undefined : "there was no answer"),
  async look(evidence) {
    const { secret, timeoutMs } = evidence.options
    // A guessed secret is sent to Sounder's bots only: another program might accept the request.
    const isSent = secret !== undefined && (isOfSounder(evidence) || !secret.isGuess)
    if (!isSent || !isRefusal(statusOf(evidence.answer))) return {}
    const request = probeRequest(evidence, "POST", { secretToken: secret.token })
    return { withSecret: await exchange(opener(evidence), request, timeoutMs) }
  },
  judge(evidence, earlier) {
    const { answer, withSecret, options } = evidence
    if (earlier.some(({ code }) => code === "refused-here" || code === "web-page")) {
      return passed("unknown: the bot itself did not answer")
    }
    const status = statusOf(answer)
    if (isRefusal(status))
      return withSecret ? judgeRight(withSecret, evidence) : judgeUnknown(evidence)
    if (status >= 200 && status < 300 && options.secret?.isGuess === false) {
      return withFindings("not asked for", secretNotChecked(status))
    }
    return passed("unknown: the answer is not a refusal")
  },
}

/** Judges the answer to a request with the right secret. */
function judgeRight(withSecret: HttpOutcome, evidence: Evidence): Verdict {
  const status = statusOf(withSecret)
  if (!isRefusal(status)) return passed("the right secret is accepted, a wrong one is refused")
  if (isRefusedAnyway(evidence)) return withFindings("403 for everything from here", refusedHere())
  if (evidence.options.secret?.isGuess !== false) {
    return passed("required, and not derived from the token; --secret tests it")
  }
  const texts = {
    seen: `The bot answers ${status} to the secret that was given to the doctor.`,
    why: "Telegram sends the secret of the registration with every update. If the secrets differ, the bot refuses every update.",
    fix: "Give the bot (`secretToken`) and setWebhook (`secret_token`, `sounder webhook set URL --secret …`) the same secret. Check that the proxy forwards the header X-Telegram-Bot-Api-Secret-Token.",
  }
  return withFindings(`${status} to the given secret`, finding("wrong-secret", texts))
}

function judgeUnknown(evidence: Evidence): Verdict {
  if (isRefusedAnyway(evidence)) return withFindings("403 for everything from here", refusedHere())
  return passed("required; --secret tests it")
}

/** Returns true if the server also refused a HEAD request, which needs no secret. */
function isRefusedAnyway({ answer, head }: Evidence): boolean {
  return statusOf(answer) === 403 && statusOf(head) === 403
}

function refusedHere() {
  return finding("refused-here", {
    seen: "The server answers every request from this machine with 403.",
    why: "A server that admits only Telegram's networks is right to do so, and the doctor cannot see more from here. Otherwise the server may refuse Telegram as well.",
    fix: `Check with \`sounder webhook info\` whether Telegram's deliveries succeed. If they fail, admit ${telegramNetworksText} without a challenge.`,
  })
}

function secretNotChecked(status: number) {
  return finding("secret-not-checked", {
    seen: `The bot answers a request with a wrong secret with ${status}.`,
    why: "Anybody who knows the URL can send forged updates.",
    fix: "Compare the header X-Telegram-Bot-Api-Secret-Token with the secret first, and answer 401 if they differ.",
  })
}

function isRefusal(status: number): boolean {
  return status === 401 || status === 403
}
