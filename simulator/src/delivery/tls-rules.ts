import type { X509Certificate } from "node:crypto"
import { isIP } from "node:net"
import type { ConnectionOptions, DetailedPeerCertificate, PeerCertificate } from "node:tls"
import { nodeCrypto } from "../ground/node-crypto.js"

/** The rules for verifying a webhook's certificate. */
export interface TlsRules {
  /** The host in the webhook's URL. */
  readonly host: string
  /** The certificate uploaded with `setWebhook`; if there is one, it alone is trusted. */
  readonly uploaded: string | undefined
  /** PEM certificates that replace the system's trust store. Default: Node's own. */
  readonly authorities: readonly string[] | undefined
}

/** The server's own certificate, up to ten intermediate ones, and a root. */
const maxChainLength = 12

/** Returns the options of a TLS connection that verifies certificates like Telegram. */
export function tlsOptions(rules: TlsRules): ConnectionOptions {
  const { host, uploaded, authorities } = rules
  const ca = uploaded ?? (authorities === undefined ? undefined : [...authorities])
  return {
    ...(ca !== undefined && { ca }),
    ...(isIP(host) === 0 && { servername: host }),
    minVersion: "TLSv1.2",
    // Security level 2, as in Debian's OpenSSL: no RSA below 2048 bits, no SHA-1.
    ciphers: "DEFAULT:@SECLEVEL=2",
    checkServerIdentity(_name: string, shown: PeerCertificate) {
      if (chainLength(shown) > maxChainLength) return new Error("certificate chain too long")
      const { X509Certificate } = nodeCrypto()
      return namesHost(new X509Certificate(shown.raw), rules)
        ? undefined
        : new Error("names another host")
    },
  }
}

/**
 * Returns the number of certificates from the server's own to the root, which is its own issuer.
 */
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
 * Returns whether a certificate names the host. With an uploaded certificate, an IP address is
 * searched among the DNS names, otherwise among the IP addresses.
 */
export function namesHost(certificate: X509Certificate, { host, uploaded }: TlsRules): boolean {
  const isAddress = isIP(host) !== 0 && uploaded === undefined
  const name = isAddress ? certificate.checkIP(host) : certificate.checkHost(host)
  return name !== undefined
}
