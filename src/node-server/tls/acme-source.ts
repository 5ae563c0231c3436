import type { AcmeOptions } from "../../acme/acme-options.js"
import type { CertificateSource } from "../../certificate/index.js"
import type { Logger } from "../../ground/logger.js"

/**
 * Where the certificate of a webhook comes from when an authority is asked for it.
 *
 * @param url that of the webhook, whose host the certificate is for unless others are named
 * @throws TypeError for options that cannot be right
 */
export async function acmeSource(
  acme: AcmeOptions,
  url: URL | undefined,
  logger: Logger,
): Promise<CertificateSource> {
  const hosts = acme.hosts ?? (url && [url.hostname])
  if (!hosts) {
    throw new TypeError("Expected the `webhookUrl` option beside `acme`, or `acme.hosts`.")
  }
  if (url && Array.isArray(hosts) && !hosts.includes(url.hostname)) {
    throw new TypeError("Expected the host of `webhookUrl` among those of the `acme.hosts` option.")
  }
  // tls-alpn-01 comes to port 443 only, and a webhook on another port is not there.
  const challenge = (url?.port ?? "") === "" ? "tls-alpn-01" : "http-01"
  // Loaded here, because only who asks for it needs it.
  const { AcmeCertificate } = await import("../../acme/index.js")
  return new AcmeCertificate({ challenge, logger, ...acme, hosts })
}
