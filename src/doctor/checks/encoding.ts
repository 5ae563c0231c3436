import { type Check, fine, found } from "../check.js"
import { finding } from "../finding.js"

const understood = ["", "gzip", "deflate", "none"]

/** The check that Telegram can decode the answers. */
export const encodingCheck: Check = {
  name: "encoding",
  title: "Encoding",
  needs: ["answer"],
  skipReason: ({ answer }) => (answer ? undefined : "there was no answer"),
  judge({ answer }) {
    if (answer?.kind !== "answered") return fine("")
    const encoding = answer.headers["content-encoding"] ?? ""
    const isEmpty = answer.headers["content-length"] === "0"
    if (isEmpty || understood.includes(encoding.toLowerCase())) return fine(encoding || "plain")
    const words = {
      seen: `The answer is compressed with ${encoding}, though the request accepts only gzip and deflate.`,
      why: "Telegram counts the delivery as failed, even with status 200, and sends the update again.",
      fix: "Switch off compression for this path in the server or the proxy, or answer with an empty body.",
    }
    return found(encoding, finding("answer-encoding", words))
  },
}
