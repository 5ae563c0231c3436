import type { X509Certificate } from "node:crypto"
import { readCertificates } from "./read-certificates.js"

let authorities: readonly X509Certificate[] | undefined
let publicRoots: readonly X509Certificate[] | undefined

/**
 * Returns the root certificates that Node trusts: the public roots that Node ships and, in Node 22.15 and
 * newer, the certificates of the file `NODE_EXTRA_CA_CERTS`.
 */
export function knownAuthorities(): readonly X509Certificate[] {
  authorities ??= trustedPems().flatMap(readableCertificates)
  return authorities
}

/** Returns true for one of the public root certificates that Node ships. */
export function isPublicRoot(cert: X509Certificate): boolean {
  publicRoots ??= process
    .getBuiltinModule("node:tls")
    .rootCertificates.flatMap(readableCertificates)
  return publicRoots.some((root) => root.fingerprint256 === cert.fingerprint256)
}

function trustedPems(): string[] {
  // Loaded on demand, because a polling bot does not need it.
  const tls = process.getBuiltinModule("node:tls")
  // The cast adds the function of Node 22.15, which the installed types lack.
  const { getCACertificates } = tls as { getCACertificates?: (type: string) => string[] }
  return [...tls.rootCertificates, ...(getCACertificates?.("extra") ?? [])]
}

/** Returns the certificates of a PEM text; none if this OpenSSL cannot read them. */
function readableCertificates(pem: string): X509Certificate[] {
  try {
    return readCertificates(pem)
  } catch {
    return []
  }
}
