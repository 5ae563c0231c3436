import { dueAnnouncements, timeLeftText } from "../../certificate/certificate-lifetime.js"
import { readCertificates } from "../../certificate/read-certificates.js"

/** The warnings before and after a certificate expires. Each is given once per certificate. */
export class ExpiryWarnings {
  #fingerprint = ""
  /** The result of `dueAnnouncements` at the last warning for this certificate; 0 before the first. */
  #warnedCount = 0

  /**
   * Returns the warning that is due; `undefined` if none is due or it was returned before.
   *
   * @param pem the current certificate as PEM text, the server certificate first
   * @throws Error of OpenSSL for a damaged certificate
   */
  due(pem: string, now = Date.now()): string | undefined {
    const [cert] = readCertificates(pem)
    if (!cert) return undefined
    if (cert.fingerprint256 !== this.#fingerprint) this.#warnedCount = 0
    this.#fingerprint = cert.fingerprint256
    const end = Date.parse(cert.validTo)
    const due = dueAnnouncements(cert, now)
    if (due <= this.#warnedCount) return undefined
    this.#warnedCount = due
    return textOf(cert.subject, end, now)
  }
}

function textOf(subject: string, end: number, now: number): string {
  const day = new Date(end).toISOString().slice(0, 16).replace("T", " ")
  const name = subject.replaceAll("\n", ", ")
  const advice =
    "Renew the certificate, or replace a self-signed one with `sounder certificate HOST --force`"
  if (end <= now) {
    return `The certificate of the webhook (${name}) expired on ${day} UTC: Telegram delivers nothing. ${advice}`
  }
  return `The certificate of the webhook (${name}) expires in ${timeLeftText(end - now)}, on ${day} UTC; Telegram delivers nothing after that. ${advice}`
}
