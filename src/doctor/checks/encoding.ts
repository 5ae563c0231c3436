import { type Check, passed, withFindings } from "../check.js"
import { finding } from "../finding.js"

/** The values of the header `Content-Encoding` that Telegram accepts. */
const acceptedEncodings = ["", "gzip", "deflate", "none"]

/** The check that Telegram can decode the answers. */
export const encodingCheck: Check = {
  name: "encoding",
  title: "Encoding",
  needs: ["answer"],
  skipReason: ({ answer }) => (answer ? undefined : "there was no answer"),
  judge({ answer }) {
    if (answer?.kind !== "answered") return passed("")
    const encoding = answer.headers["content-encoding"] ?? ""
    const isEmpty = answer.headers["content-length"] === "0"
    if (isEmpty || acceptedEncodings.includes(encoding.toLowerCase()))
      return passed(encoding || "plain")
    const texts = {
      seen: `The answer is compressed with ${encoding}, though the request accepts only gzip and deflate.`,
      why: "Telegram counts the delivery as failed, even with status 200, and sends the update again.",
      fix: "Switch off compression for this path in the server or the proxy, or answer with an empty body.",
    }
    return withFindings(encoding, finding("answer-encoding", texts))
  },
}
