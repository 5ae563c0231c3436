import type { X509Certificate } from "node:crypto"
import { isIP } from "node:net"
import type { ConnectionOptions, DetailedPeerCertificate, PeerCertificate } from "node:tls"
import { nodeCrypto } from "../ground/node-crypto.js"

/** The rules by which a webhook's certificate is judged. */
export interface TlsRules {
  /** The host in the webhook's URL. */
  readonly host: string
  /** The certificate that was uploaded with `setWebhook`: then only it is trusted. */
  readonly uploaded: string | undefined
  /** PEM certificates in place of the system's store of authorities. Default: Node's own. */
  readonly authorities: readonly string[] | undefined
}

/** A server's own certificate, ten between, and a root. */
const longestChain = 12

/** The options of a TLS connection that judges as Telegram's does. */
export function tlsOptions(rules: TlsRules): ConnectionOptions {
  const { host, uploaded, authorities } = rules
  const ca = uploaded ?? (authorities === undefined ? undefined : [...authorities])
  return {
    ...(ca !== undefined && { ca }),
    ...(isIP(host) === 0 && { servername: host }),
    minVersion: "TLSv1.2",
    // The level of Debian's OpenSSL: no RSA below 2048 bits, no SHA-1.
    ciphers: "DEFAULT:@SECLEVEL=2",
    checkServerIdentity(_name: string, shown: PeerCertificate) {
      if (chainLength(shown) > longestChain) return new Error("certificate chain too long")
      const { X509Certificate } = nodeCrypto()
      return namesHost(new X509Certificate(shown.raw), rules)
        ? undefined
        : new Error("names another host")
    },
  }
}

/** Counts the certificates from a server's own to the root, which is its own issuer. */
function chainLength(shown: PeerCertificate): number {
  let length = 1
  let at = shown as Partial<DetailedPeerCertificate> // Node gives the whole chain here
  while (at.issuerCertificate && at.issuerCertificate !== at) {
    at = at.issuerCertificate
    length += 1
  }
  return length
}

/**
 * Whether a certificate names the host. An IP is looked for among the DNS names where a certificate
 * was uploaded, among the IP addresses otherwise.
 */
export function namesHost(certificate: X509Certificate, { host, uploaded }: TlsRules): boolean {
  const isAddress = isIP(host) !== 0 && uploaded === undefined
  const name = isAddress ? certificate.checkIP(host) : certificate.checkHost(host)
  return name !== undefined
}
