import { loadX509 } from "./load-x509.js"
import { readCertificates } from "./read-certificates.js"

const authorityKeyIdentifier = "2.5.29.35"

/**
 * Resolves with true if a TLS client can trust two self-signed certificates at the same time. If both have
 * the same subject, OpenSSL may verify a server with the wrong certificate, unless each names its signing key
 * in the extension *authority key identifier*.
 */
export async function canBeTrustedTogether(firstPem: string, secondPem: string): Promise<boolean> {
  const [first] = readCertificates(firstPem)
  const [second] = readCertificates(secondPem)
  if (!first || !second) return false
  if (first.subject !== second.subject) return true
  const x509 = await loadX509()
  return [first, second].every((certificate) => {
    const parsed = new x509.X509Certificate(certificate.raw)
    return parsed.getExtension(authorityKeyIdentifier) !== null
  })
}
