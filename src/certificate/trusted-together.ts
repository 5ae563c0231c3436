import { loadX509 } from "./load-x509.js"
import { readCertificates } from "./read-certificates.js"

const authorityKeyIdentifier = "2.5.29.35"

/**
 * Whether two self-signed certificates can be trusted at the same time. Of two with the same subject
 * OpenSSL takes the wrong one, unless each says which key it is signed with.
 */
export async function canBeTrustedTogether(one: string, other: string): Promise<boolean> {
  const [first] = readCertificates(one)
  const [second] = readCertificates(other)
  if (!first || !second) return false
  if (first.subject !== second.subject) return true
  const x509 = await loadX509()
  return [first, second].every((certificate) => {
    const parsed = new x509.X509Certificate(certificate.raw)
    return parsed.getExtension(authorityKeyIdentifier) !== null
  })
}
