import type { X509Certificate } from "node:crypto"
import { nodeNet } from "../ground/node-modules.js"

/**
 * Returns true if a certificate names a host, by Telegram's rules.
 *
 * A host name has to match one of the certificate's DNS names, or its common name if the certificate
 * has no DNS name. An IP address has to match one of the certificate's IP addresses; if the certificate is
 * uploaded, Telegram treats an IP address like a host name.
 *
 * @param host the host of the webhook's URL: a name or an IP address
 * @param uploaded true if the certificate is uploaded with `setWebhook`
 */
export function certificateNamesHost(
  cert: X509Certificate,
  host: string,
  uploaded: boolean,
): boolean {
  if (nodeNet().isIP(host) !== 0 && !uploaded) return cert.checkIP(host) !== undefined
  return cert.checkHost(host, { subject: "default" }) !== undefined
}
