import type { X509Certificate } from "node:crypto"
import { distrustReason, telegramTlsOptions } from "../../certificate/handshake-problem.js"
import {
  type CertificateInspection,
  inspectCertificate,
  needsUpload,
} from "../../certificate/index.js"
import { readCertificates } from "../../certificate/read-certificates.js"
import { type Check, found } from "../check.js"
import { finding, type Finding, type FindingCode } from "../finding.js"
import { readServedCertificate, type ServedCertificate } from "../probes/served-certificate.js"
import { openTls } from "../probes/tls.js"
import type { Sight } from "../sight.js"
import { hostOf } from "./dns.js"
import { serverName } from "./server-name.js"

type Code = (CertificateInspection["problems"] | CertificateInspection["remarks"])[number]["code"]

const codes: Readonly<Record<Code, FindingCode>> = {
  "not-pem": "certificate-unreadable",
  unreadable: "certificate-unreadable",
  "key-instead-of-certificate": "certificate-unreadable",
  "unreadable-key": "certificate-unreadable",
  "key-does-not-fit": "certificate-unreadable",
  "authority-instead-of-certificate": "certificate-of-authority",
  "server-certificate-not-first": "certificate-not-first",
  "not-yet-valid": "certificate-not-yet-valid",
  expired: "certificate-expired",
  "wrong-host": "certificate-wrong-host",
  "not-for-servers": "certificate-not-for-servers",
  "weak-key": "certificate-weak",
  "key-type": "certificate-weak",
  "weak-signature": "certificate-weak",
  "issuer-not-authority": "certificate-chain-broken",
  "chain-too-long": "certificate-chain-broken",
  "handshake-fails": "certificate-not-trusted",
  "not-uploaded": "certificate-not-uploaded",
  "issuer-not-uploaded": "certificate-issuer-not-uploaded",
  "missing-intermediate": "certificate-missing-intermediate",
  "common-name-only": "certificate-common-name-only",
  "expires-soon": "certificate-expires-soon",
  "chain-order": "certificate-chain-order",
  "needless-root": "certificate-needless-root",
  "unrelated-certificate": "certificate-unrelated",
  "unknown-authority": "certificate-unknown-authority",
}

const why = "Telegram does not trust the server, ends the handshake, and delivers nothing."
const whyRemark = "Telegram accepts it."
const whyWarning: Readonly<Partial<Record<Code, string>>> = {
  "expires-soon": "Once it has ended, Telegram delivers nothing.",
  "unknown-authority":
    "Telegram accepts it only if it knows this authority, which cannot be seen here.",
}

/** Whether Telegram trusts the certificate that is served. */
export const certificateCheck: Check = {
  name: "certificate",
  title: "Certificate",
  needs: ["tls"],
  spare: ({ url }) => (url?.protocol === "https:" ? undefined : "the URL is not https:"),
  async look(sight) {
    const { target, given } = sight
    if (!target) return {}
    const name = serverName(hostOf(sight))
    const served = await readServedCertificate(target, name, given.timeoutMs)
    return { ...(served && { served }), distrust: await distrustOf(sight, served) }
  },
  judge(sight) {
    const { served } = sight
    if (!served) return { note: "could not be read", findings: [] }
    const inspection = inspect(sight, served)
    const note = noteOf(inspection, sight)
    const different = differs(sight, served)
    if (different) return found(note, different)
    return { note, findings: findingsOf(inspection, sight) }
  },
}

/**
 * Whether Telegram knows the certificate of an upload; where nobody says, one that no public authority has
 * issued is.
 */
function isUploaded({ given, info }: Sight, served: ServedCertificate): boolean {
  if (given.cert !== undefined) return true
  if (info !== undefined && (info.url ?? "") !== "") return info.has_custom_certificate
  return needsUpload(served.pem, given.authorities)
}

/** TLS as Telegram does it, with Node's judgement: why it said no. */
async function distrustOf(
  sight: Sight,
  served: ServedCertificate | undefined,
): Promise<string | false> {
  const { target, given } = sight
  if (!target || !served) return false
  const uploaded = isUploaded(sight, served)
  const { authorities } = given
  const options = {
    // Where an upload is only known to be there, what is served stands for it.
    cert: given.cert ?? served.pem,
    host: hostOf(sight),
    uploaded,
    ...(authorities && { authorities }),
  }
  try {
    const socket = await openTls(target, telegramTlsOptions(options), given.timeoutMs)
    socket.destroy()
    return false
  } catch (error) {
    return distrustReason(error, options) ?? false
  }
}

function inspect(sight: Sight, served: ServedCertificate): CertificateInspection {
  const { given, url } = sight
  const uploaded = isUploaded(sight, served)
  return inspectCertificate({
    // An authority that is uploaded need not be served.
    cert: uploaded ? served.pem + (given.cert ?? "") : served.pem,
    uploaded,
    now: nowOf(sight),
    ...(url && { url: url.href }),
    ...(given.authorities && { authorities: given.authorities }),
  })
}

/** Telegram's clock judges, where it is known. */
function nowOf({ given, telegramAheadMs = 0 }: Sight): Date {
  return new Date(given.now().getTime() + telegramAheadMs)
}

function noteOf({ certificates: [first], uploaded }: CertificateInspection, sight: Sight) {
  if (!first) return "cannot be read"
  const until = first.validTo.toISOString().slice(0, 10)
  const issuer = first.isSelfSigned ? "self-signed" : "by an authority"
  const isKnown = sight.given.cert !== undefined || (sight.info?.url ?? "") !== ""
  const upload = !uploaded ? "" : isKnown ? ", uploaded" : ", to be uploaded"
  return `${first.names.join(", ") || first.subject}, ${issuer}${upload}, until ${until}`
}

/** The server shows another certificate than the one that was uploaded, and no child of it. */
function differs({ given, distrust }: Sight, { pem }: ServedCertificate): Finding | undefined {
  if (given.cert === undefined || distrust === false || distrust === undefined) return undefined
  try {
    const [uploaded, served] = [readCertificates(given.cert), readCertificates(pem)]
    const isKnown = served.some((cert) =>
      uploaded.some(
        (other) => other.fingerprint256 === cert.fingerprint256 || cert.checkIssued(other),
      ),
    )
    if (isKnown || uploaded.length === 0) return undefined
    return finding("certificate-differs", {
      seen: `The server shows the certificate ${shown(served[0])}; uploaded is ${shown(uploaded[0])}.`,
      why: "Once a certificate is uploaded Telegram trusts it alone, and this server does not show it.",
      fix: "Load the new certificate into the server or the proxy (a reload), or upload what is served: `sounder webhook set URL --cert cert.pem`. A certificate of a public authority is not uploaded at all.",
    })
  } catch {
    return undefined
  }
}

function shown(cert: X509Certificate | undefined): string {
  const subject = cert?.subject?.replaceAll("\n", ", ") ?? "nobody"
  return `${subject} (${cert?.fingerprint256.slice(0, 23)}…)`
}

function findingsOf({ problems, remarks }: CertificateInspection, sight: Sight): Finding[] {
  const faults = problems.map((problem) =>
    finding(codes[problem.code], wordsOf(problem.message, why)),
  )
  if (faults.length > 0) return faults
  if (sight.distrust !== false && sight.distrust !== undefined) return [untrusted(sight.distrust)]
  return remarks.map(({ code, message }) =>
    finding(codes[code], wordsOf(message, whyWarning[code] ?? whyRemark)),
  )
}

/** The first sentence says what was seen, the others what to do. */
function wordsOf(message: string, reason: string) {
  const [, seen = message, fix] = /^(.*?[.:]) (.*)$/s.exec(message) ?? []
  const then = fix ?? "Create one with `sounder certificate HOST`."
  return {
    seen: seen.replace(/:$/, "."),
    why: reason,
    fix: then.charAt(0).toUpperCase() + then.slice(1),
  }
}

function untrusted(reason: string): Finding {
  return finding("certificate-not-trusted", {
    seen: `TLS as Telegram does it fails: ${reason}.`,
    why,
    fix: "Look at the file with `sounder certificate inspect`, and see that the server shows that one.",
  })
}
