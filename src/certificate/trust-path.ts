import type { X509Certificate } from "node:crypto"
import { isIssuedBy } from "./certificate-chain.js"
import { isOwnIssuer } from "./read-certificates.js"

/** The chain of issuers from a server certificate up to a root, as a TLS client builds it. */
export interface TrustPath {
  /** The certificates from the server certificate to the last issuer that was found. */
  readonly path: readonly X509Certificate[]
  /** True if the last certificate is a trusted root. OpenSSL trusts no path without a root. */
  readonly isTrusted: boolean
}

/**
 * Builds the path from a server certificate to a trusted root as OpenSSL does. OpenSSL looks for each
 * issuer among the trusted certificates first and among the certificates of the server second. If a
 * server sends a cross-signed copy of a known root, the path therefore ends at the known root.
 *
 * @param leaf the server certificate
 * @param trusted the trusted root certificates
 * @param sent the certificates that the server sends
 * @param now the time: an issuer that is valid then is preferred to an expired one
 */
export function trustPath(
  leaf: X509Certificate,
  trusted: readonly X509Certificate[],
  sent: readonly X509Certificate[],
  now: Date,
): TrustPath {
  const path = [leaf]
  for (;;) {
    const last = path.at(-1) ?? leaf
    if (isOwnIssuer(last)) return { path, isTrusted: includes(trusted, last) }
    const issuer = issuerOf(last, trusted, path, now) ?? issuerOf(last, sent, path, now)
    if (!issuer) return { path, isTrusted: false }
    path.push(issuer)
  }
}

/** Returns an issuer that is valid at `now`, or any issuer if none is. */
function issuerOf(
  cert: X509Certificate,
  candidates: readonly X509Certificate[],
  path: readonly X509Certificate[],
  now: Date,
): X509Certificate | undefined {
  const issuers = candidates.filter(
    (candidate) => isIssuedBy(cert, candidate) && !includes(path, candidate),
  )
  return issuers.find((issuer) => isValidAt(issuer, now)) ?? issuers[0]
}

function isValidAt({ validFrom, validTo }: X509Certificate, now: Date): boolean {
  return new Date(validFrom) <= now && now <= new Date(validTo)
}

function includes(all: readonly X509Certificate[], cert: X509Certificate): boolean {
  return all.some((other) => other.fingerprint256 === cert.fingerprint256)
}
