import { type Check, passed, withFindings } from "../check.js"
import { finding } from "../finding.js"
import { exchange, type HttpOutcome, statusOf } from "../probes/http-exchange.js"
import { isOfSounder, opener, probeRequest } from "./probe-request.js"

/** The length of Telegram's longest updates, in bytes. */
const longestUpdate = 512 * 1024
const longBody = blankObject(longestUpdate)
/** A body that is shorter than any server's limit. */
const shortBody = blankObject(1024)

/** The statuses with which programs refuse a body without an update, regardless of the body's length. */
const noUpdateStatuses = [400, 401, 422, 500]

/** The check that the longest updates reach the bot. Its probe is an object padded with blanks. */
export const bodyCheck: Check = {
  name: "body",
  title: "Long updates",
  needs: ["answer"],
  skipReason: ({ answer }) => (answer ? undefined : "there was no answer"),
  async look(evidence) {
    const { secret, timeoutMs } = evidence.options
    // A bot that refuses a wrong secret does not read the body, so a bot of Sounder gets the right secret.
    const secretToken = isOfSounder(evidence) ? secret?.token : undefined
    const answerTo = (body: string) => {
      const request = probeRequest(evidence, "POST", { body, secretToken })
      return exchange(opener(evidence), request, timeoutMs)
    }
    const long = await answerTo(longBody)
    return isRefusal(evidence.answer, long)
      ? { longBodyAnswer: long, shortBodyAnswer: await answerTo(shortBody) }
      : { longBodyAnswer: long }
  },
  judge({ answer, longBodyAnswer: long, shortBodyAnswer: short }) {
    if (answer?.kind !== "answered" || !long) return passed("")
    const status = statusOf(long)
    // If a short body of blanks gets the same status, its length is not the reason.
    const isRefused = isRefusal(answer, long) && statusOf(short) !== status
    // A server that refuses a request by its headers may close before it has read the body.
    const mayClose = answer.status === 401 || answer.status === 403
    const isCut = (long.kind === "closed" || long.kind === "timeout") && !mayClose
    if (!isRefused && !isCut) return passed("512 KiB pass")
    const texts = {
      seen: isRefused
        ? `The server refuses a body of 512 KiB with ${status}, but accepts a short one.`
        : "The server answers a short body, but not a body of 512 KiB.",
      why: "Updates can have 512 KiB: long messages with many entities, or replies to such messages. Telegram repeats a refused update for a day, and sends no other update of its chat meanwhile.",
      fix: 'Allow bodies of 1 MiB: `client_max_body_size 1m` in nginx, `request_body { max_size 1MB }` in Caddy, `express.json({ limit: "1mb" })` in Express, `maxBodyBytes` in Sounder. The statuses 403 and 406 usually come from a web application firewall (that of AWS refuses bodies above 8 KiB): exempt the path.',
    }
    return withFindings(
      isRefused ? `${status} to 512 KiB` : "no answer to 512 KiB",
      finding("body-limit", texts),
    )
  },
}

function blankObject(length: number): string {
  return `{${" ".repeat(length - 2)}}`
}

/**
 * Returns true if a server refused a long body with a status other than that of the body `{}` of the first request. If it
 * refused `{}`, too, a status with which programs refuse any body without an update does not count.
 */
function isRefusal(answer: HttpOutcome | undefined, long: HttpOutcome): boolean {
  const [before, status] = [statusOf(answer), statusOf(long)]
  const mayLackUpdate = before >= 400 && noUpdateStatuses.includes(status)
  return status >= 300 && status !== before && !mayLackUpdate
}
