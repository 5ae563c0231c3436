import type { X509Certificate } from "node:crypto"
import { isIP } from "node:net"

/**
 * Whether a certificate names a host, as Telegram compares it.
 *
 * Alternative names of the DNS kind decide; the common name only where there are none. An IP
 * address is compared as a *name* with a certificate that was uploaded, and with alternative names
 * of the IP kind otherwise.
 *
 * @param host the host of the webhook's URL: a name or an IP address
 * @param uploaded whether the certificate is sent along with `setWebhook`
 */
export function certificateNamesHost(
  cert: X509Certificate,
  host: string,
  uploaded: boolean,
): boolean {
  if (isIP(host) !== 0 && !uploaded) return cert.checkIP(host) !== undefined
  return cert.checkHost(host, { subject: "default" }) !== undefined
}
