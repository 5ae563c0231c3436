import { type Check, fine, found } from "../check.js"
import { finding } from "../finding.js"

const understood = ["", "gzip", "deflate", "none"]

/** Whether Telegram can read the answers. */
export const encodingCheck: Check = {
  name: "encoding",
  title: "Encoding",
  needs: ["answer"],
  spare: ({ answer }) => (answer ? undefined : "there was no answer"),
  judge({ answer }) {
    if (answer?.kind !== "answered") return fine("")
    const encoding = answer.headers["content-encoding"] ?? ""
    const isEmpty = answer.headers["content-length"] === "0"
    if (isEmpty || understood.includes(encoding.toLowerCase())) return fine(encoding || "plain")
    const words = {
      seen: `The answer is encoded with ${encoding}, though only gzip and deflate were offered.`,
      why: "Telegram counts the update as failed, also where the status is 200, and sends it again.",
      fix: "Switch compression off for this path in the server or the proxy, or answer with an empty body.",
    }
    return found(encoding, finding("answer-encoding", words))
  },
}
