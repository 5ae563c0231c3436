import { dueAnnouncements, timeLeftText } from "../../certificate/certificate-lifetime.js"
import { readCertificates } from "../../certificate/read-certificates.js"

/** Announces the end of a certificate in time, each step once. */
export class CertificateEnd {
  #fingerprint = ""
  #announced = 0

  /**
   * What is to be said of the certificate that is used at present; `undefined` for nothing new.
   *
   * @param pem as it is served or was uploaded, the server's own certificate first
   * @throws Error of OpenSSL where it is damaged
   */
  announcement(pem: string, now = Date.now()): string | undefined {
    const [cert] = readCertificates(pem)
    if (!cert) return undefined
    if (cert.fingerprint256 !== this.#fingerprint) this.#announced = 0
    this.#fingerprint = cert.fingerprint256
    const end = Date.parse(cert.validTo)
    const due = dueAnnouncements(cert, now)
    if (due <= this.#announced) return undefined
    this.#announced = due
    return textOf(cert.subject, end, now)
  }
}

function textOf(subject: string, end: number, now: number): string {
  const day = new Date(end).toISOString().slice(0, 16).replace("T", " ")
  const name = subject.replaceAll("\n", ", ")
  const advice =
    "Renew it, or create another one with `sounder certificate HOST --force` if it is self-signed"
  if (end <= now) {
    return `The certificate of the webhook (${name}) has expired, on ${day} UTC: Telegram delivers nothing. ${advice}`
  }
  return `The certificate of the webhook (${name}) ends in ${timeLeftText(end - now)}, on ${day} UTC; Telegram delivers nothing after that. ${advice}`
}
