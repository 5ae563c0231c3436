import type { X509Certificate } from "node:crypto"
import { isOwnIssuer } from "./read-certificates.js"

/** How the certificates of a file belong together. */
export interface CertificateChain {
  /** The server's own: the first, unless that has issued another one of the file. */
  readonly leaf: X509Certificate
  /** Whether the server's own comes first, as servers need it. */
  readonly isLeafFirst: boolean
  /** From the server's own to the last issuer that is in the file. */
  readonly path: readonly X509Certificate[]
  /** Whether the way ends at a certificate that is its own issuer. */
  readonly reachesRoot: boolean
  /** Whether the path is in the file in this order. */
  readonly isInOrder: boolean
  /** What is in the file and not on the path. */
  readonly unrelated: readonly X509Certificate[]
}

/** The chain of a file's certificates; `undefined` where there are none. */
export function certificateChain(all: readonly X509Certificate[]): CertificateChain | undefined {
  const different = [...new Map(all.map((cert) => [cert.fingerprint256, cert])).values()]
  const [first] = different
  if (!first) return undefined
  const leaf = leafOf(first, different)
  const path = pathFrom(leaf, different)
  const inFile = different.filter((cert) => path.includes(cert))
  return {
    leaf,
    isLeafFirst: leaf === first,
    path,
    reachesRoot: isOwnIssuer(path.at(-1) ?? leaf),
    isInOrder: path.every((cert, index) => cert === inFile[index]),
    unrelated: different.filter((cert) => !path.includes(cert)),
  }
}

/** Whether a certificate was issued by another one. */
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
