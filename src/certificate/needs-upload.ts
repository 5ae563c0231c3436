import { certificateChain } from "./certificate-chain.js"
import { isPublicRoot } from "./known-authorities.js"
import { readCertificates } from "./read-certificates.js"

/**
 * Whether a certificate has to be uploaded with `setWebhook`: its chain ends, in the file, at a root
 * that no public list has. That is a self-signed certificate, or one of an authority of your own whose
 * root is in the file. A certificate of a public authority must not be uploaded. Returns `false` for
 * a text that cannot be read.
 *
 * @param pem the certificates, the server's own first
 * @param authorities what stands for the public list, as PEM texts. Default: the roots of Node
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
