import type { X509Certificate } from "node:crypto"
import { readCertificates } from "./read-certificates.js"

let known: readonly X509Certificate[] | undefined
let publicRoots: readonly X509Certificate[] | undefined

/**
 * The authorities that everybody trusts, as far as Node knows them: those that it brings along, and
 * those of `NODE_EXTRA_CA_CERTS` where Node tells of them (22.15).
 */
export function knownAuthorities(): readonly X509Certificate[] {
  known ??= trusted().flatMap(readable)
  return known
}

/** Whether a certificate is a root that comes with Node, and so with every other client. */
export function isPublicRoot(cert: X509Certificate): boolean {
  publicRoots ??= process.getBuiltinModule("node:tls").rootCertificates.flatMap(readable)
  return publicRoots.some((root) => root.fingerprint256 === cert.fingerprint256)
}

function trusted(): string[] {
  // Loaded here, because a bot that polls needs none of it.
  const tls = process.getBuiltinModule("node:tls")
  // Newer than the types.
  const { getCACertificates } = tls as { getCACertificates?: (type: string) => string[] }
  return [...tls.rootCertificates, ...(getCACertificates?.("extra") ?? [])]
}

/** One that this OpenSSL cannot read is nobody's authority. */
function readable(pem: string): X509Certificate[] {
  try {
    return readCertificates(pem)
  } catch {
    return []
  }
}
