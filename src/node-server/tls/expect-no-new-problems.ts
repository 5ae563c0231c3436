import {
  type CertificateAndKey,
  certificateProblems,
  needsUpload,
} from "../../certificate/index.js"
import { SounderError } from "../../telegram/errors.js"

/** A certificate, with its key if the server has it. */
type Judged = Pick<CertificateAndKey, "cert"> & Partial<CertificateAndKey>

/**
 * Throws `certificate-mismatch` if a new certificate has a problem that the old ones did not have. A
 * problem that an old certificate also had does not make matters worse.
 *
 * @param host the host of the webhook's URL; `undefined` if it is unknown
 */
export function expectNoNewProblems(before: readonly Judged[], after: Judged, host?: string): void {
  const oldCodes = new Set(before.flatMap((pair) => problemsOf(pair, host)).map(({ code }) => code))
  const found = problemsOf(after, host).filter(({ code }) => !oldCodes.has(code))
  if (found.length === 0) return
  const messages = found.map(({ message }) => message).join(" ")
  throw new SounderError("certificate-mismatch", messages)
}

function problemsOf(pair: Judged, host: string | undefined) {
  const uploaded = needsUpload(pair.cert)
  return certificateProblems({ ...pair, uploaded, ...(host !== undefined && { host }) })
}
