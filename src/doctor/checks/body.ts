import { type Check, fine, found } from "../check.js"
import { finding } from "../finding.js"
import { exchange } from "../probes/http-exchange.js"
import { opener, probeRequest } from "./probe-request.js"

// An update can be as long as this. Spaces are no JSON, so nothing can be made of them.
const longestUpdate = 512 * 1024
const spaces = " ".repeat(longestUpdate)

// Caddy says that it could not hand the body on.
const refusals = [413, 502, 504]

/** Whether the longest updates get through. */
export const bodyCheck: Check = {
  name: "body",
  title: "Long updates",
  needs: ["answer"],
  spare: ({ answer }) => (answer ? undefined : "there was no answer"),
  look: async (sight) => ({
    long: await exchange(
      opener(sight),
      probeRequest(sight, "POST", { body: spaces }),
      sight.given.timeoutMs,
    ),
  }),
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
        ? `A body of 512 KiB is refused with ${status}, and an empty one is not.`
        : "A body of 512 KiB gets no answer, where an empty one does.",
      why: "Updates can be as long as that: long messages with many entities, or with a message that they reply to. Telegram sends such a one again for a day, and nothing else of its chat.",
      fix: 'Allow bodies of 1 MiB: `client_max_body_size 1m` in nginx, `request_body { max_size 1MB }` in Caddy, `express.json({ limit: "1mb" })` in Express, `maxBodyBytes` in Sounder.',
    }
    return found(
      isRefused ? `${status} to 512 KiB` : "no answer to 512 KiB",
      finding("body-limit", words),
    )
  },
}
