import {
  type CertificateAndKey,
  certificateProblems,
  needsUpload,
} from "../../certificate/index.js"
import { SounderError } from "../../telegram/errors.js"

/** A certificate, with its key where that is here. */
type Judged = Pick<CertificateAndKey, "cert"> & Partial<CertificateAndKey>

/**
 * Throws where a certificate has a fault that those it takes the place of have not: a new fault is a
 * mistake, while an old one is the state of things that people live with.
 *
 * @param host the host by which Telegram calls, if it is known
 * @throws SounderError `certificate-mismatch`
 */
export function expectNoNewProblems(before: readonly Judged[], after: Judged, host?: string): void {
  const known = new Set(before.flatMap((pair) => problemsOf(pair, host)).map(({ code }) => code))
  const found = problemsOf(after, host).filter(({ code }) => !known.has(code))
  if (found.length === 0) return
  const messages = found.map(({ message }) => message).join(" ")
  throw new SounderError("certificate-mismatch", messages)
}

function problemsOf(pair: Judged, host: string | undefined) {
  const uploaded = needsUpload(pair.cert)
  return certificateProblems({ ...pair, uploaded, ...(host !== undefined && { host }) })
}
