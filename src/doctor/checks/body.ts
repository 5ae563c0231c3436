import { type Check, fine, found } from "../check.js"
import { finding } from "../finding.js"
import { exchange, type HttpOutcome } from "../probes/http-exchange.js"
import { isOfSounder, opener, probeRequest } from "./probe-request.js"

// An update can be as long as this.
const longestUpdate = 512 * 1024
const longBody = blankObject(longestUpdate)
// No limit is as low as this.
const shortBody = blankObject(1024)

/** Answers that only say that there is no update in a body, however long that is. */
const withoutUpdate = [400, 401, 422, 500]

/** Whether the longest updates get through. */
export const bodyCheck: Check = {
  name: "body",
  title: "Long updates",
  needs: ["answer"],
  spare: ({ answer }) => (answer ? undefined : "there was no answer"),
  async look(sight) {
    const { secret, timeoutMs } = sight.given
    // A bot that refuses by the head alone does not read what is to be measured.
    const secretToken = isOfSounder(sight) ? secret?.token : undefined
    const answerTo = (body: string) => {
      const request = probeRequest(sight, "POST", { body, secretToken })
      return exchange(opener(sight), request, timeoutMs)
    }
    const long = await answerTo(longBody)
    return isRefusal(sight.answer, long) ? { long, short: await answerTo(shortBody) } : { long }
  },
  judge({ answer, long, short }) {
    if (answer?.kind !== "answered" || !long) return fine("")
    const status = statusOf(long)
    // A program that fails on a short body of blanks as well fails for another reason.
    const isRefused = isRefusal(answer, long) && statusOf(short) !== status
    // A server that refuses by the head alone may close before it has read the body.
    const mayClose = answer.status === 401 || answer.status === 403
    const isCut = (long.kind === "closed" || long.kind === "timeout") && !mayClose
    if (!isRefused && !isCut) return fine("512 KiB pass")
    const words = {
      seen: isRefused
        ? `A body of 512 KiB is refused with ${status}, and a short one is not.`
        : "A body of 512 KiB gets no answer, where a short one does.",
      why: "Updates can be as long as that: long messages with many entities, or with a message that they reply to. Telegram sends such a one again for a day, and nothing else of its chat.",
      fix: 'Allow bodies of 1 MiB: `client_max_body_size 1m` in nginx, `request_body { max_size 1MB }` in Caddy, `express.json({ limit: "1mb" })` in Express, `maxBodyBytes` in Sounder. With 403 or 406 it is a firewall for web applications that refuses long bodies (of AWS, above 8 KiB): exempt the path.',
    }
    return found(
      isRefused ? `${status} to 512 KiB` : "no answer to 512 KiB",
      finding("body-limit", words),
    )
  },
}

function blankObject(length: number): string {
  return `{${" ".repeat(length - 2)}}`
}

/** Whether a long body got an answer of another kind than the shortest one. */
function isRefusal(answer: HttpOutcome | undefined, long: HttpOutcome): boolean {
  const [before, status] = [statusOf(answer), statusOf(long)]
  const mayLackUpdate = before >= 400 && withoutUpdate.includes(status)
  return status >= 300 && status !== before && !mayLackUpdate
}

function statusOf(outcome: HttpOutcome | undefined): number {
  return outcome?.kind === "answered" ? outcome.status : 0
}
