import { readCertificates } from "../../certificate/read-certificates.js"

const dayMs = 24 * 60 * 60 * 1000

/**
 * When the end of a certificate is announced: so many days before, and at the latest when so much of
 * its time is left. A certificate that is renewed in time, by a third of its time, is never spoken of.
 */
const announcements: readonly { readonly days: number; readonly part: number }[] = [
  { days: 30, part: 1 / 6 },
  { days: 14, part: 1 / 12 },
  { days: 7, part: 1 / 24 },
  { days: 1, part: 1 / 48 },
  { days: 0, part: 0 },
]

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
    const due = stepOf(end - now, end - Date.parse(cert.validFrom))
    if (due <= this.#announced) return undefined
    this.#announced = due
    return textOf(cert.subject, end, now)
  }
}

/** How many of the announcements are due. */
function stepOf(leftMs: number, lifetimeMs: number): number {
  return announcements.filter(({ days, part }) => {
    return leftMs <= Math.min(days * dayMs, part * lifetimeMs)
  }).length
}

function textOf(subject: string, end: number, now: number): string {
  const day = new Date(end).toISOString().slice(0, 16).replace("T", " ")
  const name = subject.replaceAll("\n", ", ")
  const advice =
    "Renew it, or create another one with `sounder certificate HOST --force` if it is self-signed"
  if (end <= now) {
    return `The certificate of the webhook (${name}) has expired, on ${day} UTC: Telegram delivers nothing. ${advice}`
  }
  const left = end - now
  const time =
    left < 2 * dayMs ? `${Math.ceil(left / 3_600_000)} hours` : `${Math.floor(left / dayMs)} days`
  return `The certificate of the webhook (${name}) ends in ${time}, on ${day} UTC; Telegram delivers nothing after that. ${advice}`
}
