import type { CertificateFacts, CertificateInspection } from "./inspect-certificate.js"

const dayMs = 24 * 60 * 60 * 1000

/**
 * Returns an inspection as text for a person.
 *
 * @param now the time from which the remaining days are counted. Default: the current time
 */
export function certificateReport(inspection: CertificateInspection, now = new Date()): string {
  const { certificates, problems, remarks } = inspection
  const lines = [
    ...certificates.flatMap((facts, index) => factsText(facts, index, now)),
    ...keyText(inspection),
    ...chainText(inspection),
    verdict(inspection),
    ...problems.map(({ message }) => `  ✗ ${message}`),
    ...remarks.map(({ message }) => `  • ${message}`),
  ]
  return `${lines.join("\n")}\n`
}

function factsText(facts: CertificateFacts, index: number, now: Date): string[] {
  const { subject, issuer, names, validFrom, validTo, keyType, isSelfSigned } = facts
  return [
    `Certificate ${index + 1}: ${subject}`,
    `  names   ${names.join(", ") || (/(?:^|, )CN=/.test(subject) ? "only the common name" : "none")}`,
    `  issuer  ${isSelfSigned ? "itself (self-signed)" : issuer}`,
    `  valid   ${day(validFrom)} to ${day(validTo)} (${remainingDaysText(validTo, now)})`,
    `  key     ${keyType}`,
  ]
}

/** Returns a line that confirms the key, if the key could be compared and has no problem. */
function keyText({ hasKey, certificates, problems }: CertificateInspection): string[] {
  const keyProblems: readonly string[] = ["unreadable-key", "key-does-not-fit"]
  const hasKeyProblem = problems.some(({ code }) => keyProblems.includes(code))
  return hasKey && certificates.length > 0 && !hasKeyProblem ? ["The private key fits."] : []
}

/**
 * Returns a line that confirms the chain. Returns none for a self-signed certificate, and if a problem or a
 * remark concerns the issuers.
 */
function chainText({ certificates, problems, remarks }: CertificateInspection): string[] {
  const [first] = certificates
  if (!first || first.isSelfSigned) return []
  const codes = new Set<string>([...problems, ...remarks].map(({ code }) => code))
  const chainCodes = [
    ...["missing-intermediate", "issuer-not-uploaded", "not-uploaded", "unknown-authority"],
    ...["issuer-not-authority", "chain-too-long", "handshake-fails"],
  ]
  if (chainCodes.some((code) => codes.has(code))) return []
  const isInOrder = !codes.has("chain-order") && !codes.has("server-certificate-not-first")
  return [
    isInOrder ? "The chain is complete and in order." : "The chain is complete, but not in order.",
  ]
}

function verdict({ host, uploaded, problems }: CertificateInspection): string {
  const manner = uploaded ? "uploaded with setWebhook" : "not uploaded"
  const verb = problems.length === 0 ? "accepts" : "does not accept"
  return `Telegram ${verb} the certificate${host === undefined ? "" : ` for ${host}`} (${manner}).`
}

function remainingDaysText(validTo: Date, now: Date): string {
  const days = Math.floor((validTo.getTime() - now.getTime()) / dayMs)
  return days < 0 ? "expired" : `${days} days left`
}

function day(date: Date): string {
  return date.toISOString().slice(0, 10)
}
