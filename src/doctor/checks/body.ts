import { type Check, fine, found } from "../check.js"
import { finding } from "../finding.js"
import { exchange } from "../probes/http-exchange.js"
import { isOfSounder, opener, probeRequest } from "./probe-request.js"

// An update can be as long as this.
const longestUpdate = 512 * 1024
const longBody = `{${" ".repeat(longestUpdate - 2)}}`

// Caddy says that it could not hand the body on.
const refusals = [413, 502, 504]

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
    const request = probeRequest(sight, "POST", { body: longBody, secretToken })
    return { long: await exchange(opener(sight), request, timeoutMs) }
  },
  judge({ answer, long }) {
    if (answer?.kind !== "answered" || !long) return fine("")
    const status = long.kind === "answered" ? long.status : 0
    const isRefused = refusals.includes(status) && answer.status !== status
    // A server that refuses by the head alone may close before it has read the body.
    const mayClose = answer.status === 401 || answer.status === 403
    const isCut = (long.kind === "closed" || long.kind === "timeout") && !mayClose
    if (!isRefused && !isCut) return fine("512 KiB pass")
    const words = {
      seen: isRefused
        ? `A body of 512 KiB is refused with ${status}, and a short one is not.`
        : "A body of 512 KiB gets no answer, where a short one does.",
      why: "Updates can be as long as that: long messages with many entities, or with a message that they reply to. Telegram sends such a one again for a day, and nothing else of its chat.",
      fix: 'Allow bodies of 1 MiB: `client_max_body_size 1m` in nginx, `request_body { max_size 1MB }` in Caddy, `express.json({ limit: "1mb" })` in Express, `maxBodyBytes` in Sounder.',
    }
    return found(
      isRefused ? `${status} to 512 KiB` : "no answer to 512 KiB",
      finding("body-limit", words),
    )
  },
}
