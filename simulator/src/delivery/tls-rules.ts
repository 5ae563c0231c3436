import type { X509Certificate } from "node:crypto"
import { isIP } from "node:net"
import type { ConnectionOptions, PeerCertificate } from "node:tls"
import { nodeCrypto } from "../ground/node-crypto.js"

/** Whom a webhook's server has to convince. */
export interface TlsRules {
  /** The host in the webhook's URL. */
  readonly host: string
  /** The certificate that was uploaded with `setWebhook`: then only it is trusted. */
  readonly uploaded: string | undefined
  /** What stands for the system's store of authorities; Node's own by default. */
  readonly authorities: readonly string[] | undefined
}

/** The options of a TLS connection that judges as Telegram's does. */
export function tlsOptions(rules: TlsRules): ConnectionOptions {
  const { host, uploaded, authorities } = rules
  const ca = uploaded ?? (authorities === undefined ? undefined : [...authorities])
  return {
    ...(ca !== undefined && { ca }),
    ...(isIP(host) === 0 && { servername: host }),
    minVersion: "TLSv1.2",
    checkServerIdentity(_name: string, { raw }: PeerCertificate) {
      const { X509Certificate } = nodeCrypto()
      return namesHost(new X509Certificate(raw), rules)
        ? undefined
        : new Error("names another host")
    },
  }
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
