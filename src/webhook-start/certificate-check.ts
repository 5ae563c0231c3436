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

const telegramRoot = "https://api.telegram.org"

const behindProxy =
  "If Telegram sees another certificate, that of a proxy in front, set `uploadCertificate: false`."

/** The PEM texts that a start has to do with. */
export type Pems = Partial<CertificateAndKey>

/** Where the certificate of a webhook is, and for whom. */
export interface CertificatePlace {
  readonly server: WebhookServer
  /** The certificate of a proxy, as PEM text or a path, where the server has none. */
  readonly cert: string | undefined
  /** The URL that Telegram calls, if it is known. */
  readonly url: URL | undefined
  /** Whether the certificate is uploaded; by default where Telegram would not trust it otherwise. */
  readonly uploadCertificate: boolean | undefined
  /** The root of the Bot API server. */
  readonly apiRoot: string
  readonly logger: Logger
}

/** Reads what the server shows to clients of the URL's host, or what the proxy is said to show. */
export async function readPems({ server, cert, url }: CertificatePlace): Promise<Pems> {
  if (server.isSecure) return (await server.certificateFor(url && hostOf(url))) ?? {}
  return cert === undefined ? {} : { cert: await readPem("cert", cert) }
}

/**
 * Returns the certificates to upload, as PEM text; `undefined` for none.
 *
 * @throws SounderError `certificate-mismatch` where Telegram would not accept the certificate
 */
export async function checkCertificate(
  { key, cert }: Pems,
  place: CertificatePlace,
): Promise<string | undefined> {
  if (cert === undefined) return undefined
  const { url, server, uploadCertificate: uploaded = needsUpload(cert) } = place
  // One that is served and not uploaded by choice is for a proxy in front: Telegram sees another.
  if (place.uploadCertificate === false && server.isSecure) return undefined
  const found = await judgeCertificate({
    cert,
    uploaded,
    ...(key !== undefined && { key }),
    ...(url && { host: hostOf(url) }),
  })
  const problems = found.filter((problem) => !isPassed(problem, place))
  if (problems.length > 0) {
    const messages = problems.map((problem) => problem.message)
    if (server.isSecure && problems.some(isOfTelegramsView)) messages.push(behindProxy)
    throw new SounderError("certificate-mismatch", messages.join(" "))
  }
  return uploaded ? certificatesAsPem(cert) : undefined
}

/** Whether a certificate is wrong for Telegram only: a proxy in front may take it all the same. */
function isOfTelegramsView({ code }: CertificateProblem): boolean {
  return code === "missing-intermediate" || code === "wrong-host"
}

/** A Bot API server of one's own may trust an authority of one's own. */
function isPassed(
  { code, message }: CertificateProblem,
  { apiRoot, logger }: CertificatePlace,
): boolean {
  if (code !== "missing-intermediate" || apiRoot === telegramRoot) return false
  logger.warn(`${message} Or does your Bot API server trust it?`)
  return true
}

function hostOf({ hostname }: URL): string {
  return hostname.replaceAll(/[[\]]/g, "")
}
