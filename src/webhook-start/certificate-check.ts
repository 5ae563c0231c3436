import {
  type CertificateAndKey,
  type CertificateProblem,
  judgeCertificate,
  needsUpload,
} from "../certificate/index.js"
import { certificatesAsPem } from "../certificate/read-certificates.js"
import type { Logger } from "../ground/logger.js"
import { readPem } from "../node-server/tls/pem.js"
import type { WebhookServer } from "../node-server/webhook-server.js"
import { SounderError } from "../telegram/errors.js"

/** The URL of Telegram's own Bot API server. */
const telegramApiUrl = "https://api.telegram.org"

const proxyAdvice =
  "If Telegram sees the certificate of a proxy instead, set `uploadCertificate: false`."

/** The certificate that Telegram sees, with its key if the server has it; empty if both are unknown. */
export type Pems = Partial<CertificateAndKey>

/** The source of a webhook's certificate, and the requirements for it. */
export interface CertificateContext {
  readonly server: WebhookServer
  /** The certificate of a proxy, as PEM text or a path, for a server without TLS. */
  readonly cert: string | undefined
  /** The URL that Telegram calls; `undefined` if the program registers the webhook itself. */
  readonly url: Pick<URL, "hostname"> | undefined
  /** True to upload the certificate. Default: true if Telegram would not trust it otherwise. */
  readonly uploadCertificate: boolean | undefined
  /** The URL of the Bot API server. */
  readonly apiRoot: string
  readonly logger: Logger
}

/**
 * Reads the server's certificate for the URL's host, or the file with the proxy's certificate. Resolves
 * with an empty object if neither is known.
 */
export async function readPems({ server, cert, url }: CertificateContext): Promise<Pems> {
  if (server.isSecure) return (await server.certificateFor(url && hostOf(url))) ?? {}
  return cert === undefined ? {} : { cert: await readPem("cert", cert) }
}

/**
 * Checks a certificate, and resolves with the certificates to upload, as PEM text; with `undefined` for
 * no upload. Rejects with `certificate-mismatch` if Telegram would not accept the certificate.
 */
export async function checkCertificate(
  pems: Pems,
  context: CertificateContext,
): Promise<string | undefined> {
  const { cert } = pems
  if (cert === undefined || isForProxy(context)) return undefined
  const found = await findCertificateProblems(pems, context)
  const problems = found.filter((problem) => !isTolerated(problem, context))
  if (problems.length > 0) {
    const messages = problems.map((problem) => problem.message)
    if (context.server.isSecure && problems.some(concernsOnlyTelegram)) messages.push(proxyAdvice)
    throw new SounderError("certificate-mismatch", messages.join(" "))
  }
  return isUploaded(cert, context) ? certificatesAsPem(cert) : undefined
}

/**
 * Resolves with the problems for which Telegram would reject the webhook's certificate; with an empty array
 * if the certificate is unknown or only a proxy sees it.
 */
export async function findCertificateProblems(
  { key, cert }: Pems,
  context: CertificateContext,
): Promise<readonly CertificateProblem[]> {
  if (cert === undefined || isForProxy(context)) return []
  return judgeCertificate({
    cert,
    uploaded: isUploaded(cert, context),
    ...(key !== undefined && { key }),
    ...(context.url && { host: hostOf(context.url) }),
  })
}

/** Returns true if only a proxy sees the server's certificate: the server has TLS, and `uploadCertificate` is false. */
function isForProxy({ uploadCertificate, server }: CertificateContext): boolean {
  return uploadCertificate === false && server.isSecure
}

function isUploaded(cert: string, { uploadCertificate }: CertificateContext): boolean {
  return uploadCertificate ?? needsUpload(cert)
}

/** Returns true for a problem that concerns only Telegram: a proxy in front may accept the certificate. */
function concernsOnlyTelegram({ code }: CertificateProblem): boolean {
  return code === "missing-intermediate" || code === "wrong-host"
}

/**
 * Returns true for a missing intermediate certificate if the Bot API server is a private one, which may
 * trust the authority, and logs a warning.
 */
function isTolerated(
  { code, message }: CertificateProblem,
  { apiRoot, logger }: CertificateContext,
): boolean {
  if (code !== "missing-intermediate" || apiRoot === telegramApiUrl) return false
  logger.warn(`${message} Ignore this warning if your Bot API server trusts the authority.`)
  return true
}

function hostOf({ hostname }: Pick<URL, "hostname">): string {
  return hostname.replaceAll(/[[\]]/g, "")
}
