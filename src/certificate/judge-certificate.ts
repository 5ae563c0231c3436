import type { CertificateProblem } from "./certificate-problem.js"
import { certificateProblems, type CertificateProblemsOptions } from "./certificate-problems.js"
import { handshakeProblem } from "./handshake-problem.js"

/**
 * Resolves with the problems of a certificate that {@link certificateProblems} finds. If there are none, tries a
 * TLS handshake inside this process, and resolves with its failure. The handshake needs `key`; it takes place
 * now, so it is left out if `now` is given.
 */
export async function judgeCertificate(
  options: CertificateProblemsOptions,
): Promise<CertificateProblem[]> {
  const { cert, key, host, uploaded, authorities, now } = options
  const rest = {
    cert,
    uploaded,
    ...(host !== undefined && { host }),
    ...(authorities !== undefined && { authorities }),
  }
  const known = { ...rest, ...(key !== undefined && { key }), ...(now !== undefined && { now }) }
  const problems = certificateProblems(known)
  if (problems.length > 0 || key === undefined || now !== undefined) return problems
  const failure = await handshakeProblem({ ...rest, key })
  return failure ? [failure] : []
}
