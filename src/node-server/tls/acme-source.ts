import type { AcmeOptions } from "../../acme/acme-options.js"
import type { CertificateSource } from "../../certificate/index.js"
import type { Logger } from "../../ground/logger.js"

/**
 * Where the certificate of a webhook comes from when an authority is asked for it.
 *
 * @param about.url that of the webhook, whose host the certificate is for unless others are named
 * @param about.serverPort the port that the webhook's own server listens on
 * @throws TypeError for options that cannot be right
 */
export async function acmeSource(
  acme: AcmeOptions,
  about: { readonly url: URL | undefined; readonly serverPort: number; readonly logger: Logger },
): Promise<CertificateSource> {
  const { url, serverPort, logger } = about
  const hosts = acme.hosts ?? (url && [url.hostname])
  if (!hosts) {
    throw new TypeError("Expected the `webhookUrl` option beside `acme`, or `acme.hosts`.")
  }
  if (url && Array.isArray(hosts) && !hosts.includes(url.hostname)) {
    throw new TypeError("Expected the host of `webhookUrl` among those of the `acme.hosts` option.")
  }
  // tls-alpn-01 comes to port 443 only, and a webhook on another port is not there.
  const { challenge = (url?.port ?? "") === "" ? "tls-alpn-01" : "http-01", httpPort = 80 } = acme
  if (challenge === "http-01" && httpPort === serverPort) {
    throw new TypeError(
      `Expected the \`port\` option to be another one than ${httpPort}, on which the authority asks for its challenge (http-01): the webhook's own server would hold it. Use port 443 with tls-alpn-01, or 8443 or 88 for the webhook`,
    )
  }
  // Loaded here, because only who asks for it needs it.
  const { AcmeCertificate } = await import("../../acme/index.js")
  return new AcmeCertificate({ logger, ...acme, challenge, hosts })
}
