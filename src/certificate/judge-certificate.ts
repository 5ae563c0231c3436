import type { CertificateProblem } from "./certificate-problem.js"
import { certificateProblems, type CertificateProblemsOptions } from "./certificate-problems.js"
import { handshakeProblem } from "./handshake-problem.js"

/**
 * Says what would keep Telegram from delivering over a certificate: what {@link certificateProblems}
 * reads in it, and where it finds nothing and there is a private key, what a TLS handshake says.
 */
export async function judgeCertificate(
  options: CertificateProblemsOptions,
): Promise<CertificateProblem[]> {
  const problems = certificateProblems(options)
  const { key, now, ...rest } = options
  if (problems.length > 0 || key === undefined || now !== undefined) return problems
  const failure = await handshakeProblem({ ...rest, key })
  return failure ? [failure] : []
}
