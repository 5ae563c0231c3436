import type { X509Certificate } from "node:crypto"
import { isIssuedBy } from "./certificate-chain.js"
import { isOwnIssuer } from "./read-certificates.js"

/** The way from a server's certificate to the one that ends the search for issuers. */
export interface TrustPath {
  /** From the server's own certificate to the last issuer that could be found. */
  readonly path: readonly X509Certificate[]
  /** Whether it ends at a trusted certificate that is its own issuer, as OpenSSL demands. */
  readonly isTrusted: boolean
}

/**
 * Finds the way to a trusted root as OpenSSL does: at each step an issuer is looked for among the
 * trusted certificates first, so that a cross-signed root ends the search where the root is known.
 *
 * @param given the certificates that the server sends
 */
export function trustPath(
  leaf: X509Certificate,
  trusted: readonly X509Certificate[],
  given: readonly X509Certificate[],
  now: Date,
): TrustPath {
  const path = [leaf]
  for (;;) {
    const last = path.at(-1) ?? leaf
    if (isOwnIssuer(last)) return { path, isTrusted: includes(trusted, last) }
    const issuer = issuerOf(last, trusted, path, now) ?? issuerOf(last, given, path, now)
    if (!issuer) return { path, isTrusted: false }
    path.push(issuer)
  }
}

/** An issuer that is valid now, or any issuer where none is. */
function issuerOf(
  cert: X509Certificate,
  candidates: readonly X509Certificate[],
  path: readonly X509Certificate[],
  now: Date,
): X509Certificate | undefined {
  const issuers = candidates.filter((one) => isIssuedBy(cert, one) && !includes(path, one))
  return issuers.find((one) => isValidAt(one, now)) ?? issuers[0]
}

function isValidAt({ validFrom, validTo }: X509Certificate, now: Date): boolean {
  return new Date(validFrom) <= now && now <= new Date(validTo)
}

function includes(all: readonly X509Certificate[], cert: X509Certificate): boolean {
  return all.some((one) => one.fingerprint256 === cert.fingerprint256)
}
