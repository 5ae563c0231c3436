import { certificateChain } from "./certificate-chain.js"
import { isPublicRoot } from "./known-authorities.js"
import { readCertificates } from "./read-certificates.js"

/**
 * Returns true if a certificate has to be uploaded with `setWebhook`. This is the case for a
 * self-signed certificate, and for the certificate of a private authority whose root is in the file.
 * A certificate of a public authority must not be uploaded. Returns false for an unreadable text.
 *
 * @param pem the certificates, the server certificate first
 * @param authorities the public root certificates, as PEM texts. Default: the roots that Node ships
 */
export function needsUpload(pem: string, authorities?: readonly string[]): boolean {
  try {
    const chain = certificateChain(readCertificates(pem))
    const root = chain?.path.at(-1)
    if (!chain?.reachesRoot || !root) return false
    const known = authorities?.flatMap(readCertificates)
    if (!known) return !isPublicRoot(root)
    return !known.some(({ fingerprint256 }) => fingerprint256 === root.fingerprint256)
  } catch {
    return false
  }
}
