import type { AcmeOptions } from "../../acme/acme-options.js"
import type { CertificateSource } from "../../certificate/index.js"
import type { Logger } from "../../ground/logger.js"

/**
 * Returns the source of a webhook's certificate from an ACME authority. Rejects with a `TypeError` for
 * wrong options.
 *
 * @param context.url the URL of the webhook, whose host is the default of `hosts`
 * @param context.serverPort the port of the webhook's own server
 */
export async function acmeSource(
  acme: AcmeOptions,
  context: { readonly url: URL | undefined; readonly serverPort: number; readonly logger: Logger },
): Promise<CertificateSource> {
  const { url, serverPort, logger } = context
  const hosts = acme.hosts ?? (url && [url.hostname])
  if (!hosts) {
    throw new TypeError("Expected the `webhookUrl` option with `acme`, or `acme.hosts`.")
  }
  if (url && Array.isArray(hosts) && !hosts.includes(url.hostname)) {
    throw new TypeError("Expected the `acme.hosts` option to contain the host of `webhookUrl`.")
  }
  // Authorities verify tls-alpn-01 on port 443 only.
  const { challenge = (url?.port ?? "") === "" ? "tls-alpn-01" : "http-01", httpPort = 80 } = acme
  if (challenge === "http-01" && httpPort === serverPort) {
    throw new TypeError(
      `Expected the \`port\` option to be a port other than ${httpPort}, which answers the authority's http-01 challenges. Use port 443 with tls-alpn-01, or 8443 or 88 for the webhook.`,
    )
  }
  // Loaded on demand, because most bots do not need it.
  const { AcmeCertificate } = await import("../../acme/index.js")
  return new AcmeCertificate({ logger, ...acme, challenge, hosts })
}
