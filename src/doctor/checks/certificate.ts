import type { X509Certificate } from "node:crypto"
import { distrustReason, telegramTlsOptions } from "../../certificate/handshake-problem.js"
import {
  type CertificateInspection,
  type CertificateProblem,
  certificateProblems,
  inspectCertificate,
  needsUpload,
} from "../../certificate/index.js"
import { readCertificates } from "../../certificate/read-certificates.js"
import { type Check, withFindings } from "../check.js"
import { finding, type Finding, type FindingCode } from "../finding.js"
import { readServedCertificate, type ServedChain } from "../probes/served-certificate.js"
import { openTls } from "../probes/tls.js"
import type { Evidence } from "../evidence.js"
import { hostOf } from "./dns.js"
import { serverName } from "./server-name.js"

type Code = (CertificateInspection["problems"] | CertificateInspection["remarks"])[number]["code"]

/** The findings by the codes of a certificate's problems and remarks. */
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
const whyRemark = "Telegram accepts the certificate."
const whyWarning: Readonly<Partial<Record<Code, string>>> = {
  "expires-soon": "Telegram stops delivering when the certificate expires.",
  "unknown-authority":
    "Telegram accepts the certificate only if it knows this authority, which the doctor cannot find out.",
}

/** The check that Telegram trusts the certificate of the server. */
export const certificateCheck: Check = {
  name: "certificate",
  title: "Certificate",
  needs: ["tls"],
  skipReason: ({ url }) => (url?.protocol === "https:" ? undefined : "the URL is not https:"),
  async look(evidence) {
    const { target, options } = evidence
    if (!target) return {}
    const name = serverName(hostOf(evidence))
    const served = await readServedCertificate(target, name, options.timeoutMs)
    return { ...(served && { served }), distrust: await distrustOf(evidence, served) }
  },
  judge(evidence) {
    const { served } = evidence
    if (!served) return { note: "the server sent none", findings: [] }
    const inspection = inspect(evidence, served)
    const note = noteOf(inspection, evidence)
    const unreadable = unreadableUpload(evidence)
    if (unreadable) return withFindings(note, unreadable)
    const different = differentUpload(evidence, served)
    if (different) return withFindings(note, different)
    return { note, findings: findingsOf(inspection, evidence) }
  },
}

/**
 * Returns true if the certificate is uploaded to Telegram: if the options contain the uploaded
 * certificate, or if `getWebhookInfo` shows an upload. Without both, a certificate that needs an upload
 * counts as uploaded.
 */
function isUploaded({ options, info }: Evidence, served: ServedChain): boolean {
  if (options.cert !== undefined) return true
  if (info !== undefined && (info.url ?? "") !== "") return info.has_custom_certificate
  return needsUpload(served.pem, options.authorities)
}

/**
 * Connects with the TLS rules of Telegram. Resolves with the reason if the handshake fails, and with
 * false if it succeeds.
 */
async function distrustOf(
  evidence: Evidence,
  served: ServedChain | undefined,
): Promise<string | false> {
  const { target, options } = evidence
  if (!target || !served) return false
  const uploaded = isUploaded(evidence, served)
  const { authorities } = options
  const trust = {
    // If Telegram has an upload that was not given to the doctor, the served certificate replaces it.
    cert: options.cert ?? served.pem,
    host: hostOf(evidence),
    uploaded,
    ...(authorities && { authorities }),
  }
  try {
    const socket = await openTls(target, telegramTlsOptions(trust), options.timeoutMs)
    socket.destroy()
    return false
  } catch (error) {
    return distrustReason(error, trust) ?? false
  }
}

function inspect(evidence: Evidence, served: ServedChain): CertificateInspection {
  const { options, url } = evidence
  const uploaded = isUploaded(evidence, served)
  return inspectCertificate({
    // Servers need not send an authority's certificate that was uploaded.
    cert: uploaded ? served.pem + (options.cert ?? "") : served.pem,
    uploaded,
    now: nowOf(evidence),
    ...(url && { url: url.href }),
    ...(options.authorities && { authorities: options.authorities }),
  })
}

/** Returns the time by Telegram's clock if it is known, by this machine's otherwise. */
function nowOf({ options, telegramAheadMs = 0 }: Evidence): Date {
  return new Date(options.now().getTime() + telegramAheadMs)
}

function noteOf({ certificates: [first], uploaded }: CertificateInspection, evidence: Evidence) {
  if (!first) return "unreadable"
  const until = first.validTo.toISOString().slice(0, 10)
  const issuer = first.isSelfSigned ? "self-signed" : "by an authority"
  const isKnown = evidence.options.cert !== undefined || (evidence.info?.url ?? "") !== ""
  const upload = !uploaded ? "" : isKnown ? ", uploaded" : ", to be uploaded"
  return `${first.names.join(", ") || first.subject}, ${issuer}${upload}, until ${until}`
}

/** Returns a finding if the file to upload contains no certificate. */
function unreadableUpload({ options: { cert } }: Evidence): Finding | undefined {
  if (cert === undefined) return undefined
  const [problem] = certificateProblems({ cert, uploaded: true })
  const isReadable = problem === undefined || codes[problem.code] !== "certificate-unreadable"
  return isReadable ? undefined : certificateFinding(problem)
}

/** Returns a finding if the uploaded file contains neither the served certificate nor its issuer. */
function differentUpload(
  { options, distrust }: Evidence,
  { pem }: ServedChain,
): Finding | undefined {
  if (options.cert === undefined || distrust === false || distrust === undefined) return undefined
  try {
    const [uploaded, served] = [readCertificates(options.cert), readCertificates(pem)]
    const isKnown = served.some((cert) =>
      uploaded.some(
        (other) => other.fingerprint256 === cert.fingerprint256 || cert.checkIssued(other),
      ),
    )
    if (isKnown || uploaded.length === 0) return undefined
    return finding("certificate-differs", {
      seen: `The server sends the certificate ${certificateText(served[0])}; the uploaded one is ${certificateText(uploaded[0])}.`,
      why: "Telegram trusts only the uploaded certificate, and the server sends another one.",
      fix: "Load the uploaded certificate into the server or the proxy (a reload), or upload the certificate that the server sends: `sounder webhook set URL --cert cert.pem`. Do not upload the certificate of a public authority.",
    })
  } catch {
    return undefined
  }
}

function certificateText(cert: X509Certificate | undefined): string {
  const subject = cert?.subject?.replaceAll("\n", ", ") ?? "nobody"
  return `${subject} (${cert?.fingerprint256.slice(0, 23)}…)`
}

function findingsOf({ problems, remarks }: CertificateInspection, evidence: Evidence): Finding[] {
  const faults = problems.map(certificateFinding)
  if (faults.length > 0) return faults
  if (evidence.distrust !== false && evidence.distrust !== undefined)
    return [untrusted(evidence.distrust)]
  return remarks.map(({ code, message }) =>
    finding(codes[code], textsOf(message, whyWarning[code] ?? whyRemark)),
  )
}

/** Returns the finding for a certificate that Telegram does not accept. */
export function certificateFinding({ code, message }: CertificateProblem): Finding {
  return finding(codes[code], textsOf(message, why))
}

/** Splits the message of a problem: its first sentence is the observation, the rest is the fix. */
function textsOf(message: string, reason: string) {
  const [, seen = message, fix] = /^(.*?[.:]) (.*)$/s.exec(message) ?? []
  const fixText = fix ?? "Create one with `sounder certificate HOST`."
  return {
    seen: seen.replace(/:$/, "."),
    why: reason,
    fix: fixText.charAt(0).toUpperCase() + fixText.slice(1),
  }
}

function untrusted(reason: string): Finding {
  return finding("certificate-not-trusted", {
    seen: `A TLS handshake by Telegram's rules fails: ${reason}.`,
    why,
    fix: "Examine the certificate file with `sounder certificate inspect`, and check that the server sends the certificate of this file.",
  })
}
