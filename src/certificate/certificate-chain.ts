import type { X509Certificate } from "node:crypto"
import { isOwnIssuer } from "./read-certificates.js"

/** The certificates of a file, sorted from the server certificate to its last issuer. */
export interface CertificateChain {
  /**
   * The server certificate: the first certificate of the file. If the first one issued another certificate
   * of the file, the first certificate that issued none.
   */
  readonly leaf: X509Certificate
  /** True if the server certificate comes first in the file, as TLS servers require. */
  readonly isLeafFirst: boolean
  /** The certificates from the server certificate to the last issuer that the file contains. */
  readonly path: readonly X509Certificate[]
  /** True if the last certificate of `path` is a root, that is, its own issuer. */
  readonly reachesRoot: boolean
  /** True if the file lists the certificates of `path` in the order of `path`. */
  readonly isInOrder: boolean
  /** The certificates of the file that are not in `path`. */
  readonly unrelated: readonly X509Certificate[]
}

/** Returns the chain of a file's certificates; `undefined` if the file has no certificate. */
export function certificateChain(all: readonly X509Certificate[]): CertificateChain | undefined {
  const unique = [...new Map(all.map((cert) => [cert.fingerprint256, cert])).values()]
  const [first] = unique
  if (!first) return undefined
  const leaf = leafOf(first, unique)
  const path = pathFrom(leaf, unique)
  const pathInFileOrder = unique.filter((cert) => path.includes(cert))
  return {
    leaf,
    isLeafFirst: leaf === first,
    path,
    reachesRoot: isOwnIssuer(path.at(-1) ?? leaf),
    isInOrder: path.every((cert, index) => cert === pathInFileOrder[index]),
    unrelated: unique.filter((cert) => !path.includes(cert)),
  }
}

/** Returns true if `issuer` issued and signed `cert`. */
export function isIssuedBy(cert: X509Certificate, issuer: X509Certificate): boolean {
  return cert !== issuer && cert.checkIssued(issuer) && cert.verify(issuer.publicKey)
}

function leafOf(first: X509Certificate, all: readonly X509Certificate[]): X509Certificate {
  const hasIssued = (issuer: X509Certificate) => all.some((cert) => isIssuedBy(cert, issuer))
  if (!hasIssued(first)) return first
  return all.find((cert) => !hasIssued(cert)) ?? first
}

function pathFrom(leaf: X509Certificate, all: readonly X509Certificate[]): X509Certificate[] {
  const path = [leaf]
  for (;;) {
    const last = path.at(-1) ?? leaf
    if (isOwnIssuer(last)) return path
    const issuer = all.find((other) => !path.includes(other) && isIssuedBy(last, other))
    if (!issuer) return path
    path.push(issuer)
  }
}
